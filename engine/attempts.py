"""Attempts at what a draw has settled: refused with a sentence, and kept in the history.

A second value, a re-draw, another manifest, a swapped subject or officer, a look at what is
sealed: that somebody tried is a fact like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from engine import chances, clock, guards
from engine.case import Case
from engine.commands import Actor, Command, CompleteTask
from engine.draw.docket import Docket
from engine.draw.refusals import DrawRefusal, NoWitness
from engine.errors import DrawnIsFixed, Refusal
from engine.events import AttemptRefused
from engine.forms import Form
from engine.version import Version

DRAWS = ("inspection_task", "replacement_draw")

# what only the engine writes into a task …
OF_THE_DRAW = frozenset(
    {
        "beacon",
        "beacon_values",
        "counter_snapshot",
        "cutoff",
        "docket",
        "draw",
        "draw_digest",
        "draw_key",
        "draw_mode",
        "draw_strata",
        "draw_void",
        "drawn_count",
        "frame",
        "infeasibility_witness",
        "manifest_hash",
        "matching",
        "matching_digest",
        "matching_feasible",
        "objects_drawn_on",
        "pool",
        "registry_batch",
        "reveals",
        "sample_size",
        "staff_drawn_on",
        "staff_method",
        "team_count",
        "thresholds",
    }
)
# … and into an inspection that a draw opened
OF_THE_VISIT = frozenset(
    {
        "allotted_items",
        "draw_recorded",
        "from_task",
        "item_names",
        "joint_visit",
        "stratum",
        "subject_id",
        "subject_name",
        "team",
        "team_leaders",
        "team_name",
    }
)

# what doing a form again would mean to the docket, by the form's `x-docket`
STEPS: Mapping[str, Callable[[Docket, str], object]] = {
    "draft": lambda docket, _at: docket.draft(),
    "record": lambda docket, at: docket.await_value(at=at),
    "withdraw": lambda docket, at: docket.supersede(at=at),
    "assign": lambda _docket, _at: _unproved(),
}


def _unproved() -> None:
    """A direct assignment out of turn: chance has paired, or has not been asked yet."""
    raise NoWitness


def second_try(
    case: Case,
    command: CompleteTask,
    form: Form | None,
    *,
    actor: Actor,
    now: datetime,
    version: Version,
) -> DrawRefusal | None:
    """Return why a closed step of a draw is not done again, asked by whoever once might do it.

    None when doing it again would be no offence, only out of turn."""
    step = STEPS.get(str(form.schema.get("x-docket"))) if form else None
    if step is None or not guards.holds_lane(case, command.element, actor, version):
        return None
    try:
        step(chances.docket_of(case, version), clock.text(now))
    except DrawRefusal as refusal:
        return refusal if refusal.grave else None
    return None


def untouched(case: Case, given: Iterable[str], form: Form | None = None) -> None:
    """Refuse fields that a draw has written: a swapped subject, officer, list or value."""
    fixed = OF_THE_DRAW if case.process in DRAWS else frozenset()
    if case.fields.get("from_task"):
        fixed |= OF_THE_VISIT
    asked = set(form.schema.get("properties", ())) if form else set()
    touched = sorted(fixed & set(given) - asked)
    if touched:
        raise DrawnIsFixed(fields="、".join(touched))


def recorded(
    case: Case, command: Command, refusal: Refusal, actor: Actor, *, rule: str | None = None
) -> AttemptRefused:
    """Return the event that keeps a grave refusal: who tried what, and why it did not happen."""
    given = getattr(command, "data", None) or getattr(command, "fields", None)
    return AttemptRefused(
        element=getattr(command, "element", ""),
        command=command.name,
        code=refusal.code,
        rule=rule,
        sentence=str(refusal),
        data=given or {},
        seat=guards.standing(case, command, actor),
    )
