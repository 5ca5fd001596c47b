"""Random paths through any shipped diagram: who acts when, and what they choose, is thrown.

A case begins as it would in the year: a task under its approved plan, a replacement and a joint
visit under a task that is drawn. What people write is what the demonstration's people write, with
every choice that the form leaves thrown again; what is refused then is written without throwing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from engine import config
from engine.case import Case
from engine.commands import SYSTEM, CompleteTask, OpenCase
from engine.errors import Refusal
from engine.store import eventstore, readings
from tests.engine import chains
from tests.engine.chains import ITEMS, PREFIX
from tests.engine.office import Office
from tests.engine.test_item_lists import ROW

PARTIES = {
    "lead": ("samr",),
    "department": ("samr",),
    "participants": ("fire", "health"),
    "receiver": ("tax",),
    "coordinator": ("samr",),
    "concerned": ("samr",),
}
FIELDS: dict[str, Any] = {
    "lead_department": "samr",
    "subject_id": "91220104MA0000000X",
    "subject_name": "合成对象",
    "plan_year": 2026,
    "task_name": "测试任务",
    "item_class": "一般",
    "ratio": "5%",
    "task_start": "2026-03-01",
    "task_end": "2026-11-30",
    "origin": "随机抽查任务",
    "inspection_mode": "普通检查",
    "started_on": "2026-03-02",
    "ended_on": "2026-03-02",
    "obligation_due_on": "2026-03-16",
    "case_lead_on": "2026-03-02",
    "transfer_lead_on": "2026-03-02",
}
LATE = 0.3  # how often people let the next deadline pass
JOINT = "joint visit"  # an inspection of several departments: the same diagram, other tasks


def diagrams() -> list[tuple[str, str]]:
    """Return (jurisdiction, process) of every shipped diagram; common ones of both cities."""
    root = config.WORKFLOWS
    found = [
        (place.parent.name, place.stem)
        for place in sorted(root.glob("*/*.bpmn"))
        if place.stem != "registry_batch"  # opened by an import with its file: tests/registry
    ]
    return [
        (city, process)
        for folder, process in found
        for city in (("chaoyang", "panjin") if folder == "common" else (folder,))
    ]


def beginnings() -> list[tuple[str, str]]:
    """Return every diagram, and the other way to begin one that a drawn task has."""
    return [*diagrams(), ("chaoyang", JOINT), ("panjin", JOINT)]


@dataclass(slots=True, kw_only=True)
class Walker:
    """Somebody who takes cases of one kind along random paths."""

    office: Office
    city: str
    process: str
    dice: random.Random
    reached: set[str] = field(default_factory=set)  # tasks of people, over all walks
    parent: UUID | None = None
    patience: int = 20  # days that are let pass where nothing else is possible
    visits: list[UUID] = field(default_factory=list)

    def begin(self) -> UUID:
        """Open a case as it is opened in the year."""
        if self.process == JOINT:
            return self._joint_visit()
        before = BEFORE.get(self.process)
        self.parent = before(self.office, self.city) if before else None
        team = tuple(f"{self._prefix}-SAMR-00{number}" for number in (1, 2))
        persons = {"leader": team[:1], "team": team, "person_concerned": (self.handler,)}
        handled = self.office.engine.handle(
            OpenCase(
                case_id=self.office.hand.new_id(),
                actor=SYSTEM,
                process=self.process,
                jurisdiction=self.city,
                title=f"随机路径 {self.process} {self.dice.randrange(1000)}",
                parties={**PARTIES, **persons},
                fields={**FIELDS, "items": ITEMS[self.city], "team": list(team)},
                parent=self.parent,
            )
        )
        self.office.settle()
        return handled.case_id

    def _joint_visit(self) -> UUID:
        if not self.visits:
            task = chains.drawn_task(self.office, self.city)
            self.visits = self.office.children(task, "inspection")
        return self.visits.pop()

    @property
    def handler(self) -> str:
        return self.office.person(f"{PREFIX[self.city]}-samr-handler1")

    @property
    def _prefix(self) -> str:
        return PREFIX[self.city].upper()

    def step(self, case_id: UUID) -> bool:
        """Do one random thing, in a case it has opened if need be; False when nothing can be."""
        case = self.office.case(case_id)
        self.reached |= {element for element, _key in case.offers}
        waiting = sorted(slot for slot, offer in case.offers.items() if not offer.missing)
        self.dice.shuffle(waiting)
        due = [deadline.due_at for deadline in case.deadlines.values() if deadline.due_at]
        if due and self.dice.random() < LATE:
            return self._waits_until(min(due))
        self.office.hand.moment += timedelta(minutes=10)
        if any(self._complete(case, slot) for slot in waiting):
            return True
        if self._step_below(case_id):
            return True
        if waiting and self.patience:  # a round of the lottery, an objection: not yet
            self.patience -= 1
            return self._waits_until(self.office.hand.moment + timedelta(days=1))
        return bool(due) and self._waits_until(min(due))

    def _waits_until(self, moment: datetime) -> bool:
        self.office.hand.moment = max(self.office.hand.moment, moment)
        self.office.settle()
        return True

    def _step_below(self, case_id: UUID) -> bool:
        with self.office.engine.store.read() as connection:
            rows = readings.children(connection, case_id, limit=100)
        open_ones = sorted(row.number for row in rows if not row.closed_at)
        by_number = {row.number: row.case_id for row in rows}
        self.dice.shuffle(open_ones)
        return any(self._steps(by_number[number]) for number in open_ones)

    def _steps(self, case_id: UUID) -> bool:
        """Do one thing of a case below, in order; what it opens itself is another walk's."""
        case = self.office.case(case_id)
        return any(
            self._complete(case, slot)
            for slot, offer in sorted(case.offers.items())
            if not offer.missing
        )

    def _complete(self, case: Case, slot: tuple[str, str]) -> bool:
        try:
            person = self.office.holder(case, slot)
        except StopIteration:
            return False
        for wishes in (self._thrown(case, slot), self._said(case, slot), {}):
            data = self.office.answer(case, slot, **wishes)
            try:
                self.office.engine.handle(
                    CompleteTask(
                        case_id=case.case_id,
                        actor=person,
                        element=slot[0],
                        key=slot[1],
                        data=data,
                    )
                )
            except Refusal:
                continue
            self.office.settle()
            return True
        return False

    def _properties(self, case: Case, slot: tuple[str, str]) -> Mapping[str, Mapping[str, Any]]:
        form = self.office.engine.shelf.get(case.version).form_of(slot[0])
        return {} if form is None else form.schema["properties"]

    def _said(self, case: Case, slot: tuple[str, str]) -> dict[str, Any]:
        """Return what the demonstration's people do not know how to write."""
        known = self._properties(case, slot)
        said = {name: say(self) for name, say in SAID.items() if name in known}
        for scene in SCENES:
            if set(scene) <= set(known) and self.dice.random() < 0.4:
                said |= {name: say(self) for name, say in scene.items()}
        return said

    def _thrown(self, case: Case, slot: tuple[str, str]) -> dict[str, Any]:
        """Return what is said, with choices taken at random; it may be refused."""
        said = self._said(case, slot)
        plain = self.office.answer(case, slot, **said)
        for name, schema in self._properties(case, slot).items():
            choices = schema.get("enum") or (
                [True, False] if schema.get("type") == "boolean" else []
            )
            if choices and name not in said and name in plain and self.dice.random() < 0.6:
                said[name] = self.dice.choice(choices)
        return said


def _upload(walker: Walker) -> list[str]:
    """Upload a changed diagram, sound or not."""
    content = (config.WORKFLOWS / "common" / "transfer.bpmn").read_bytes()
    if walker.dice.random() < 0.4:
        content = content.replace(b"form:", b"from:", 1)
    with walker.office.engine.store.write() as connection:
        (place,) = eventstore.keep(
            connection, (content,), media="application/xml", at=walker.office.hand.moment
        )
    return [f"{place} transfer.bpmn"]


def _drawn(walker: Walker) -> list[str]:
    """Return one subject that the task above has drawn."""
    assert walker.parent is not None
    drawn = json.loads(
        walker.office.engine.shelf.fetch(walker.office.case(walker.parent).fields["draw"])
    )
    return [walker.dice.choice(drawn["winners"]).rpartition("|")[2]]


def _today(walker: Walker, *, later: int = 0) -> str:
    return (walker.office.today + timedelta(days=later)).isoformat()


Say = Callable[[Walker], Any]
SAID: Mapping[str, Say] = {  # what the people of the demonstration do not know how to write
    "participants": lambda _walker: ["fire", "health"],
    "items": lambda walker: ITEMS[walker.city],
    "ratio": lambda walker: walker.dice.choice(["1%", "5%", "5%"]),
    "concerned_department": lambda _walker: "samr",
    "person_concerned": lambda walker: walker.handler,
    "list_items": lambda walker: [{**ROW, "item_code": f"{walker._prefix}-SAMR-99"}],
    "release_files": _upload,
    "lost_units": _drawn,
    "order_issued_on": _today,
}
SCENES: tuple[Mapping[str, Say], ...] = (  # what is chosen together, or not at all
    {
        "reveal_parties": lambda _walker: ["notary", "association"],
        "reveal_on": lambda walker: _today(walker, later=14),
        "reveal_time": lambda _walker: "09:30",
    },
    {
        "surprise": lambda _walker: True,
        "surprise_ground": lambda _walker: "防止转移问题食品",
        "surprise_ground_given": lambda _walker: True,
    },
    {
        "order_manner": lambda _walker: "当场责令",
        "order_issued_on": lambda _walker: FIELDS["ended_on"],
        "decision_on": lambda _walker: FIELDS["ended_on"],
        "site_order_reason": lambda _walker: "有险情，必须立即停用",
    },
)
BEFORE: Mapping[str, Callable[[Office, str], UUID]] = {
    "inspection_task": chains.approved_plan,
    "replacement_draw": chains.drawn_task,
}
