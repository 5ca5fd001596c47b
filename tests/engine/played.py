"""A demonstration after its year, for tests that only look at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import boot, config
from engine.case import Case
from engine.demo import people, year
from engine.demo.records import Records
from engine.service import Engine
from engine.store import eventstore, outbox, readings
from engine.store.readings import CaseRow
from tests.engine.office import payloads

CITIES = ("chaoyang", "panjin")
SUBJECTS = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A demonstration after its year, to be looked at only."""

    engine: Engine
    records: Records
    told: tuple[str, ...]

    def titled(self, jurisdiction: str, title: str) -> Case:
        return self.records.state(self.records.titled(jurisdiction, title))

    def rows(self, jurisdiction: str, process: str) -> tuple[CaseRow, ...]:
        with self.engine.store.read() as connection:
            return readings.cases_page(connection, jurisdiction, processes=[process], limit=1000)

    def one(self, jurisdiction: str, process: str) -> Case:
        (row,) = self.rows(jurisdiction, process)
        return self.records.state(row)

    def visits(self, task: Case) -> tuple[Case, ...]:
        row = self.records.row(task.case_id)
        return tuple(self.records.state(each) for each in self.records.visits(row))

    def below(self, case: Case, process: str) -> Case:
        with self.engine.store.read() as connection:
            rows = readings.children(connection, case.case_id)
        (row,) = [each for each in rows if each.process == process]
        return self.records.state(row)

    def board(self, jurisdiction: str) -> list[dict[str, Any]]:
        with self.engine.store.read() as connection:
            return outbox.board(
                connection, jurisdiction=jurisdiction, kind=None, limit=1000, offset=0
            )

    def happened(self, case: Case, kind: str) -> list[dict[str, Any]]:
        with self.engine.store.read() as connection:
            return payloads(eventstore.history(connection, case.case_id), kind)


def play(folder: Path, *, subjects: int = SUBJECTS) -> None:
    settings = config.read({"SSJ_VAR": str(folder)})
    engine = boot.initialise(settings, demo=True)
    people.settle_in(engine, settings.packs)
    told: list[str] = []
    year.play(
        engine,
        jurisdictions=CITIES,
        count=subjects,
        played=2026,
        until=None,
        say=told.append,
    )
    engine.store.dispose()
    (folder / "told").write_text("\n".join(told), "utf-8")
