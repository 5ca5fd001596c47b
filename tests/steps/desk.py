"""The desk at which a scenario plays: the office, the case at hand, what was refused last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from engine.case import Case, Offer, Slot
from engine.commands import SYSTEM, Command, CompleteTask, OpenCase
from engine.errors import ProductError
from engine.forms import Form
from engine.store import offers, people, shelf
from engine.version import Version
from rules.pack import Law
from tests.engine.office import Office, payloads
from tests.steps import words


@dataclass(slots=True, kw_only=True)
class Desk:
    """People act through commands only; what a scenario asserts is the record."""

    office: Office
    jurisdiction: str = "chaoyang"
    at_hand: UUID | None = None
    before: UUID | None = None  # the case that lay here before this one
    parents: list[UUID] = field(default_factory=list)
    refused: ProductError | None = None

    # ------------------------------------------------------------ the case at hand

    def take(self, case_id: UUID) -> None:
        self.before, self.at_hand = self.at_hand, case_id

    def open(
        self,
        process: str,
        title: str,
        parties: Mapping[str, tuple[str, ...]],
        fields: Mapping[str, Any],
        *,
        by: str | None,
        parent: UUID | None = None,
    ) -> None:
        """Open a case as a person, or as the system where a draw or a parent opens it."""
        handled = self.office.engine.handle(
            OpenCase(
                case_id=self.office.hand.new_id(),
                actor=by or SYSTEM,
                process=process,
                jurisdiction=self.jurisdiction,
                title=f"{title}（场景）",
                parties=dict(parties),
                fields=dict(fields),
                parent=parent,
            )
        )
        self.office.settle()
        self.take(handled.case_id)

    def descend(self, process: str, place: int) -> None:
        """Lay a child of the case at hand on the desk; the parent can be taken up again."""
        found = self.children(process)
        assert len(found) >= place, f"下级「{process}」只有 {len(found)} 件"
        self.parents.append(self.case_id)
        self.take(found[place - 1])

    @property
    def jurisdiction_prefix(self) -> str:
        return words.PREFIX[self.jurisdiction].upper()

    @property
    def case_id(self) -> UUID:
        assert self.at_hand is not None, "还没有案件"
        return self.at_hand

    @property
    def case(self) -> Case:
        return self.office.case(self.case_id)

    @property
    def version(self) -> Version:
        return self.office.engine.shelf.get(self.case.version)

    @property
    def law(self) -> Law:
        """Return the law that a case opened now would pin."""
        return self.in_force("inspection_task").law

    def happened(self, kind: str) -> list[dict[str, Any]]:
        """Return the payloads of one kind of event in the case at hand."""
        return payloads(self.office.records(self.case_id), kind)

    def children(self, process: str) -> list[UUID]:
        return self.office.children(self.case_id, words.PROCESSES[process])

    def said(self, title: str) -> str:
        """Return what a form field of that title holds in the case, as text."""
        for form in self.version.forms.values():
            for name, schema in form.schema["properties"].items():
                if schema["title"] == title and name in self.case.fields:
                    return str(self.case.fields[name])
        message = f"案件里没有「{title}」"
        raise AssertionError(message)

    def board(self) -> list[str]:
        """Return the kinds of what the public board shows of the case at hand."""
        return [row["kind"] for row in self.publications()]

    def publications(self) -> list[dict[str, Any]]:
        rows = self.office.publications(jurisdiction=self.jurisdiction)
        return [row for row in rows if row["case_id"] == self.case_id]

    # ------------------------------------------------------------ tasks by their Chinese names

    def waiting(self) -> dict[Slot, Offer]:
        return self.office.open_tasks(self.case_id)

    def names(self) -> list[str]:
        return [offer.name for offer in self.waiting().values()]

    def slot(self, task: str, key: str | None = None) -> Slot:
        """Return where a task of that name waits; says what waits instead."""
        found = [
            slot
            for slot, offer in self.waiting().items()
            if offer.name == task and not offer.missing and key in (None, slot[1])
        ]
        assert found, (
            f"待办没有「{task}」，只有 {[offer.name for offer in self.waiting().values()]}"
        )
        return found[0]

    def element(self, task: str) -> str:
        """Return the address of a task in the diagram, open or not."""
        nodes = self.version.definition.nodes.values()
        return next(node.id for node in nodes if node.name == task)

    def form(self, task: str) -> Form:
        return self.form_at(self.element(task))

    def form_at(self, element: str) -> Form:
        """Return the form of a step of the case at hand."""
        form = self.version.form_of(element)
        assert form is not None
        return form

    def form_in(self, process: str, element: str) -> Form:
        """Return a form of the version that a new case of this process would pin."""
        form = self.in_force(process).form_of(element)
        assert form is not None
        return form

    def in_force(self, process: str) -> Version:
        engine = self.office.engine
        with engine.store.read() as connection:
            digest = shelf.in_force(connection, self.jurisdiction, process, at=engine.now())
        return engine.shelf.get(digest)

    def person(self, department: str, position: str) -> str:
        """Return the first holder of a position, e.g. 消防 的 负责人."""
        return self.people(department, position)[0]

    def people(self, department: str, position: str) -> tuple[str, ...]:
        return self.holders((f"{words.DEPARTMENTS[department]}/{words.POSITIONS[position]}",))

    def holder(self, seats: tuple[str, ...]) -> str:
        return self.holders(seats)[0]

    def holders(self, seats: tuple[str, ...]) -> tuple[str, ...]:
        with self.office.engine.store.read() as connection:
            found = offers.holders(connection, seats, self.jurisdiction)
        assert found, f"没有人担任 {seats}"
        return tuple(found)

    # ------------------------------------------------------------ acting

    def do(self, task: str, table: words.Table = (), *, key: str | None = None) -> None:
        """Have somebody who may do a task; what the table leaves out is filled in plausibly."""
        element, waiting_key = self.slot(task, key)
        self.office.do(
            self.case_id, element, key=waiting_key, **words.answers(self.form(task), table)
        )

    def attempt(self, person: str, task: str, table: words.Table = ()) -> None:
        """Have a person try a task, and keep the refusal."""
        element, key = self.slot(task)
        wishes = words.answers(self.form(task), table)
        data = self.office.answer(self.case, (element, key), **wishes)
        self.command(
            CompleteTask(case_id=self.case_id, actor=person, element=element, key=key, data=data)
        )

    def attempt_without(self, task: str, left_out: str, **wishes: Any) -> None:
        """Send what a hand-made request could hold: a form with fields left out."""
        element, key = self.slot(task)
        data = self.office.answer(self.case, (element, key), **wishes)
        kept = {name: value for name, value in data.items() if not name.startswith(left_out)}
        person = self.office.holder(self.case, (element, key))
        self.command(
            CompleteTask(case_id=self.case_id, actor=person, element=element, key=key, data=kept)
        )

    def submit_again(self, task: str) -> None:
        element = self.element(task)
        done = self.case.done[element]
        self.command(CompleteTask(case_id=self.case_id, actor=done.by, element=element, data={}))

    def seat(self, person: str, department: str, position: str) -> None:
        """Give a person one more position from now on."""
        with self.office.engine.store.write() as connection:
            people.grant(
                connection,
                person,
                department=words.DEPARTMENTS[department],
                position=words.POSITIONS[position],
                since=self.office.hand.moment,
            )

    def command(self, command: Command) -> None:
        self.refused = None
        self.office.hand.moment += timedelta(minutes=10)
        try:
            self.office.engine.handle(command)
        except ProductError as refusal:
            self.refused = refusal
        self.office.settle()

    def until(self, task: str) -> None:
        """Do whatever waits until a task of that name is open."""
        for element, key in self._next_slots():
            if self.case.offers[element, key].name == task:
                return
            self.office.do(self.case_id, element, key=key)
        message = f"没有办到「{task}」：{[offer.name for offer in self.waiting().values()]}"
        raise AssertionError(message)

    def finish(self) -> None:
        """Do whatever waits until nothing does."""
        for element, key in self._next_slots():
            self.office.do(self.case_id, element, key=key)

    def _next_slots(self, most: int = 120) -> Iterator[Slot]:
        for _ in range(most):
            ready = [slot for slot, offer in self.waiting().items() if not offer.missing]
            if self.case.is_closed or not ready:
                return
            yield ready[0]
