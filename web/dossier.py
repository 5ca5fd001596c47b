"""A case as the pages read it: its row, the version it runs on, its history, its state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine import service
from engine.case import Case
from engine.commands import Actor
from engine.errors import HistoryDamaged, ProductError, UnknownCase
from engine.events import Fields, Seat
from engine.history import Record
from engine.store import eventstore, readings
from engine.store.database import Connection
from engine.store.people import Person
from engine.store.readings import CaseRow
from engine.version import Version
from web.choices import Choices
from web.forms import schema
from web.forms.schema import Field, Form
from web.site import site
from web.told import Teller
from web.words import Words, people_in

if TYPE_CHECKING:
    from collections.abc import Iterable


class OtherJurisdiction(ProductError):
    code = "not-allowed"
    zh = "案件「{case}」属于另一辖区，您不能查看其办理过程；已公示的内容请到公示栏目查看。"
    en = (
        "Case “{case}” belongs to another jurisdiction; see the public pages for what is published."
    )


@dataclass(frozen=True, kw_only=True)
class Dossier:
    row: CaseRow
    version: Version

    @property
    def number(self) -> str:
        return self.row.number

    @cached_property
    def forms(self) -> dict[str, Form]:
        return {name: schema.read(name, form.schema) for name, form in self.version.forms.items()}

    @cached_property
    def questions(self) -> dict[str, Field]:
        return schema.words(self.forms)

    def form_of(self, element: str) -> Form | None:
        named = self.version.node(element).form
        return self.forms.get(named) if named else None

    def state(self, tx: Connection) -> Case:
        """Return the case as it stands, from its cached state where that is sound."""
        head = eventstore.lock(tx, self.row.case_id, for_update=False)
        if head is None:
            raise HistoryDamaged(seq=self.row.seq)
        return service.load(tx, head, self.version)

    def is_sound(self, tx: Connection) -> bool:
        """Tell whether all events are there, in order, and every byte of them fits the chain."""
        try:
            self.records(tx)
        except HistoryDamaged:
            return False
        return True

    def records(self, tx: Connection) -> tuple[Record, ...]:
        found = eventstore.history(tx, self.row.case_id)
        if len(found) < self.row.seq:
            raise HistoryDamaged(seq=len(found) + 1)
        return found

    def words(self, tx: Connection, fields: Fields, ids: Iterable[str] = ()) -> Words:
        """Return the names of what these fields record."""
        where = self.row.jurisdiction
        return Words(
            tx=tx,
            where=where,
            version=self.version,
            choices=Choices(tx=tx, where=where, fields=fields),
            ids=frozenset({*ids, *people_in(fields)}),
        )

    def teller(self, tx: Connection, records: Iterable[Record], fields: Fields) -> Teller:
        """Return who tells this case's events, with the names of the people in them."""
        ids = {record.actor for record in records}
        ids |= {
            str(named)
            for record in records
            for field in ("to", "leaver", "successor")
            if (named := getattr(record.event, field, None))
        }
        return Teller(
            version=self.version,
            words=self.words(tx, fields, ids),
            where=self.row.jurisdiction,
        )


def find(tx: Connection, number: str, reader: Person | None) -> Dossier:
    """Find a case by the number people use; staff read the cases of their own jurisdiction."""
    row = readings.case_by_number(tx, number)
    if row is None:
        raise UnknownCase(case=number)
    if reader is not None and reader.jurisdiction != row.jurisdiction:
        raise OtherJurisdiction(case=number)
    return Dossier(row=row, version=site().engine.shelf.get(row.version))


def actor_of(person: Person) -> Actor:
    """Return a signed-in person as the engine's readings know people."""
    return Actor(
        person=person.id,
        name=person.name,
        inspector=person.inspector_id,
        login=person.login,
        jurisdiction=person.jurisdiction,
        seats=tuple(
            Seat(department=held.department, position=held.position) for held in person.positions
        ),
    )
