"""What a form shows beside its questions: what is recorded, and why the task is here once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.case import Case, Offer, Slot
from engine.events import BeaconRecorded, TaskAnswered, TaskCompleted, TaskOffered
from engine.history import Record
from engine.version import Version
from web.forms.schema import Form
from web.papers import attached
from web.words import Words

Known = tuple[str, str, list[tuple[str, str]]]  # what, in words, attachments

_DECISIONS = ("radio", "select")


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    turn: int
    task: str
    who: str
    at: datetime
    lines: tuple[tuple[str, str, str], ...]  # field, question, answer

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for name, _, _ in self.lines)


def of(
    case: Case,
    version: Version,
    slot: Slot,
    *,
    records: Sequence[Record],
    here: Form | None,
    forms: Mapping[str, Form],
    words: Words,
) -> Returned | None:
    """Return what was decided when a task was sent back; None where it came the ordinary way.

    Of that step only its decision, and what the form here wants shown: a second entry stays
    unseen."""
    offer = case.offers[slot]
    sent = _sent(records, slot, offer)
    if sent is None:
        return None
    element = getattr(sent.event, "element", "")
    if element not in version.definition.nodes or case.turns.get(element, 1) >= offer.turn:
        return None
    form = forms.get(version.node(element).form or "")
    wanted = here.shows if here else ()
    lines = tuple(
        (field.name, field.title, words.value(field.name, case.fields[field.name]))
        for field in (form.fields if form else ())
        if field.name in case.fields and (field.widget in _DECISIONS or field.name in wanted)
    )
    return Returned(
        turn=offer.turn,
        task=version.definition.label(element),
        who=words.person(sent.actor),
        at=sent.at,
        lines=lines,
    )


def _sent(records: Sequence[Record], slot: Slot, offer: Offer) -> Record | None:
    """Return the step of a person that led to the offer: the last input before it in the history.

    None where a clock, a message or long work led there."""
    place = next(
        (
            place
            for place, record in reversed(tuple(enumerate(records)))
            if isinstance(record.event, TaskOffered)
            and (record.event.element, record.event.key, record.event.turn) == (*slot, offer.turn)
        ),
        0,
    )
    led = next((each for each in reversed(records[:place]) if each.role == "input"), None)
    is_step = led and isinstance(led.event, TaskCompleted | TaskAnswered | BeaconRecorded)
    return led if is_step else None


def known(case: Case, version: Version, *, wanted: Iterable[str], words: Words) -> list[Known]:
    """Return recorded fields in words; a name that would stand there twice gets its step's."""
    names = [name for name in wanted if name in case.fields]
    titles = [words.title(name) for name in names]
    return [
        (
            f"{_step(case, version, name)}：{title}" if titles.count(title) > 1 else title,
            words.value(name, case.fields[name]),
            attached({name: case.fields[name]}),
        )
        for name, title in zip(names, titles, strict=True)
    ]


def _step(case: Case, version: Version, name: str) -> str:
    """Return the last step that asked for a field; the process where no step did."""
    for place in reversed(tuple(case.done)):
        element = place.partition("/")[0]
        form = version.form_of(element) if element in version.definition.nodes else None
        if form is not None and name in form.schema["properties"]:
            return version.definition.label(element)
    return version.definition.name
