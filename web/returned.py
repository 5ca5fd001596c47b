"""What a form shows beside its questions: what is recorded, and why the task is here once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from engine.case import Case, Slot
from engine.errors import HistoryDamaged
from engine.events import BeaconRecorded, TaskAnswered, TaskCompleted, TaskOffered
from engine.history import Record
from engine.store import eventstore, worklists
from engine.store.database import Connection
from engine.store.worklists import WorkItem
from engine.version import Version
from web.forms.schema import Form
from web.papers import attached
from web.words import Words

Known = tuple[str, str, list[tuple[str, str]]]  # what, in words, attachments

AGAIN = 2  # the first visit of a task that may be one because it was sent back
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
    turn = case.offers[slot].turn
    sent = sender(records, slot, turn, case.turns)
    if sent is None or (element := element_of(sent)) not in version.definition.nodes:
        return None
    form = forms.get(version.node(element).form or "")
    wanted = here.shows if here else ()
    lines = tuple(
        (field.name, field.title, words.value(field.name, case.fields[field.name]))
        for field in (form.fields if form else ())
        if field.name in case.fields and (field.widget in _DECISIONS or field.name in wanted)
    )
    return Returned(
        turn=turn,
        task=version.definition.label(element),
        who=words.person(sent.actor),
        at=sent.at,
        lines=lines,
    )


def again(tx: Connection, items: Iterable[WorkItem]) -> dict[tuple[UUID, str, str], int]:
    """Return which tasks of a list were sent back, each with how often it has been here.

    A history that does not fit says nothing here; the page of the task says so."""
    items = tuple(items)
    visits = worklists.turns(tx, {item.case_id for item in items})
    found = {}
    for item in items:
        slot = (item.element, item.key)
        turn = visits.get((item.case_id, *slot), 1)
        if turn < AGAIN:
            continue
        turns = {
            element: n for (case_id, element, _), n in visits.items() if case_id == item.case_id
        }
        with suppress(HistoryDamaged):
            if sender(eventstore.history(tx, item.case_id), slot, turn, turns):
                found[item.case_id, item.element, item.key] = turn
    return found


def sender(
    records: Sequence[Record], slot: Slot, turn: int, turns: Mapping[str, int]
) -> Record | None:
    """Return the step of a person that sent a task back: the last input before it was offered.

    None where a clock, a message or long work led there, or a step that has been done as often."""
    place = next(
        (
            place
            for place, record in reversed(tuple(enumerate(records)))
            if isinstance(record.event, TaskOffered)
            and (record.event.element, record.event.key, record.event.turn) == (*slot, turn)
        ),
        0,
    )
    led = next((each for each in reversed(records[:place]) if each.role == "input"), None)
    if led is None or not isinstance(led.event, TaskCompleted | TaskAnswered | BeaconRecorded):
        return None
    return led if turns.get(led.event.element, 1) < turn else None


def element_of(record: Record) -> str:
    return str(getattr(record.event, "element", ""))


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
