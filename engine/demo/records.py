"""What people of a demonstration look up before they act: cases by title, businesses."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

from engine.case import Case
from engine.registry.types import RegistryKind, Subject
from engine.service import Engine, load
from engine.store import eventstore, readings, registry
from engine.store.readings import CaseRow

MANY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A case among the others: its own title and those above it, and which inspection it is of."""

    process: str
    lead: str
    jurisdiction: str
    titles: tuple[str, ...]
    visit: int | None


@dataclass(slots=True, kw_only=True)
class Records:
    engine: Engine
    known: dict[UUID, Standing] = field(default_factory=dict)

    def titled(self, jurisdiction: str, title: str) -> CaseRow:
        """Return the first case of exactly this title."""
        with self.engine.store.read() as connection:
            rows = readings.cases_page(connection, jurisdiction, search=title, limit=MANY)
        found = [row for row in rows if row.title == title]
        if not found:
            raise LookupError(title)
        return found[-1]

    def led(self, jurisdiction: str, process: str, department: str) -> CaseRow:
        """Return a department's first case of a process."""
        with self.engine.store.read() as connection:
            rows = readings.cases_page(
                connection, jurisdiction, processes=[process], lead=department, limit=MANY
            )
        return rows[-1]

    def row(self, case_id: UUID) -> CaseRow:
        with self.engine.store.read() as connection:
            found = readings.case_by_id(connection, case_id)
        assert found is not None
        return found

    def visits(self, task: CaseRow) -> tuple[CaseRow, ...]:
        with self.engine.store.read() as connection:
            rows = readings.children(connection, task.case_id, limit=MANY)
        return tuple(row for row in rows if row.process == "inspection")

    def state(self, row: CaseRow) -> Case:
        with self.engine.store.read() as connection:
            head = eventstore.lock(connection, row.case_id, for_update=False)
            assert head is not None
            return load(connection, head, self.engine.shelf.get(head.version))

    def business(self, jurisdiction: str, industry: str) -> Subject:
        """Return the first business of an industry in the registry."""
        with self.engine.store.read() as connection:
            for row in registry.current(connection, jurisdiction, RegistryKind.SUBJECTS):
                if isinstance(row, Subject) and row.industry == industry:
                    return row
        raise LookupError(industry)

    def standing(self, case_id: UUID) -> Standing:
        if case_id not in self.known:
            self.known[case_id] = self._standing(case_id)
        return self.known[case_id]

    def _standing(self, case_id: UUID) -> Standing:
        lineage = self.lineage(case_id)
        visit = None
        for row, above in pairwise(lineage):
            if row.process == "inspection":
                ids = [each.case_id for each in self.visits(above)]
                visit = ids.index(row.case_id) + 1
        own = lineage[0]
        return Standing(
            process=own.process,
            lead=own.lead or "",
            jurisdiction=own.jurisdiction,
            titles=tuple(row.title for row in lineage),
            visit=visit,
        )

    def lineage(self, case_id: UUID) -> tuple[CaseRow, ...]:
        """Return the case and every case above it, itself first."""
        found: list[CaseRow] = []
        above: UUID | None = case_id
        with self.engine.store.read() as connection:
            while above is not None:
                row = readings.case_by_id(connection, above)
                assert row is not None
                found.append(row)
                above = row.parent_id
        return tuple(found)
