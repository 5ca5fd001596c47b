"""A city of a million subjects in a real registry, and one whole draw as a worker makes it."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from engine import config, dossier, history, worker
from engine.draw.frame import Frame
from engine.draw.sizes import Tier, sizes
from engine.registry import synthetic
from engine.registry.batch import Batch
from engine.registry.types import RegistryKind, Subject
from engine.service import Engine
from engine.store import eventstore, extracts, registry_batches, schema
from engine.store.database import Store
from engine.store.queues import Work
from engine.store.registry_select import TABLES
from engine.store.tables.registry import registry_batches as registry_batches_table
from rules import pack
from tests.draw import example

CITY = "chaoyang"
FILLED = (RegistryKind.ITEMS, RegistryKind.INSPECTORS, RegistryKind.SUBJECTS)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
RATIOS = {tier.stratum: tier.ratio for tier in example.TIERS}
MATCHING = history.canonical({"v": 1, "teams": [], "pairs": [], "infeasible": None, "digest": ""})


def settle(url: str, count: int) -> None:
    """Fill the registries of a new database: items, inspectors, so many subjects."""
    store = Store(url, synchronous="OFF")
    schema.upgrade(store)
    place = synthetic.world(CITY)
    rows: Mapping[RegistryKind, Any] = {
        RegistryKind.ITEMS: sorted(synthetic.items(place), key=lambda row: row.row_id),
        RegistryKind.INSPECTORS: sorted(
            synthetic.inspectors(place, seed="bench"), key=lambda row: row.row_id
        ),
        RegistryKind.SUBJECTS: _regulated(synthetic.subjects(place, seed="bench", count=count)),
    }
    for number, (kind, found) in enumerate(rows.items(), start=1):
        with store.write() as connection:
            registry_batches.load(connection, _batch(number, kind), found)
    store.dispose()


def _regulated(subjects: Iterable[Subject]) -> Iterator[Subject]:
    """Let market supervision regulate everybody, so that the list is as long as the registry."""
    for subject in subjects:
        yield replace(subject, regulators=tuple(dict.fromkeys(("samr", *subject.regulators))))


def _batch(number: int, kind: RegistryKind) -> Batch:
    return Batch(
        jurisdiction=CITY,
        number=number,
        kind=kind,
        file="0" * 64,
        filename="bench",
        applied_at=AT,
        applied_by="bench",
    )


def copy_to_postgres(source: str, target: str) -> None:
    """Move the registries of a SQLite file into an empty PostgreSQL database, as they are."""
    here, there = Store(source), Store(target)
    schema.upgrade(there)
    with here.read() as read, there.write() as write:
        for table in (registry_batches_table, *(TABLES[kind] for kind in FILLED)):
            names = ", ".join(column.name for column in table.c)
            rows = _driver(read).execute(f"SELECT {names} FROM {table.name}")
            cursor = write.connection.cursor()
            with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            write.execute(text(f"ANALYZE {table.name}"))
    here.dispose()
    there.dispose()


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


# ---------------------------------------------------------------- one draw


@dataclass(slots=True)
class Stopwatch:
    """Elapsed seconds of each part, because a database works elsewhere; CPU seconds of ours."""

    at: float = field(default_factory=perf_counter)
    began: float = field(default_factory=process_time)
    parts: dict[str, float] = field(default_factory=dict)

    def stop(self, part: str) -> None:
        now = perf_counter()
        self.parts[part] = now - self.at
        self.at = now

    @property
    def cpu(self) -> float:
        return process_time() - self.began


def inputs(items: list[str]) -> dict[str, Any]:
    """What `frame.freeze` is asked for a task of one department, stratified by risk."""
    return {
        "case": "bench",
        "turn": 1,
        "jurisdiction": CITY,
        "version": "",
        "item_codes": items,
        "stratum": "risk_tier",
        "unit": "subject",
        "carrier_types": [],
        "scope": "",
        "joint": False,
        "union": False,
        "departments": ["samr"],
        "staff": {},
        "team_size": 2,
        "facts": {"case.item_class": "一般", "case.joint": False},
        "year": 2026,
        "on": "2026-03-02",
    }


def whole_draw(url: str, folder: Path) -> dict[str, Any]:
    """Freeze by the pack's rules, draw and write the evidence, each step as the worker does it."""
    engine = Engine(Store(url), now=lambda: AT, var=folder)
    law = pack.read(config.PACKS, CITY)
    gc.collect()
    gc.freeze()  # a worker's law lives as long as the worker (Shelf.warm)
    watch = Stopwatch()
    with engine.store.write() as connection:
        frozen = extracts.freeze_frame(connection, inputs(["CY-SAMR-01"]), law)
    watch.stop("eligibility, freeze, roots")
    keep(engine, *frozen.artefacts)
    reference = frozen.result["frame"]
    del frozen
    watch.stop("keep the frame")
    body = committed(engine, Frame.read(reference))
    drawn = worker.computed(engine, job(body), body)
    keep(engine, *drawn.artefacts)
    watch.stop("draw")
    told = {**body, "draw": drawn.result["draw"], "matching": history.address(MATCHING)}
    dossier.write(folder, dossier.files({**told, "pool": ""}, engine.shelf.fetch))
    watch.stop("evidence")
    engine.store.dispose()
    return {
        "parts": watch.parts,
        "cpu": watch.cpu,
        "listed": reference["rows"],
        "left out": reference["rows"] - reference["eligible"],
        "drawn": drawn.result["drawn_count"],
        "digest": drawn.result["draw_digest"],
    }


def keep(engine: Engine, *contents: bytes) -> None:
    with engine.store.write() as connection:
        eventstore.keep(connection, contents, media="text/plain", at=AT)


def committed(engine: Engine, frozen: Frame) -> dict[str, Any]:
    """Commit the manifest of the frozen frame and record its value: what `draw.objects` reads."""
    tiers = [Tier(stratum=name, ratio=RATIOS.get(name, RATIOS["A"])) for name in frozen.listed]
    places = sizes(frozen.listed, frozen.eligible, tiers, bounds=example.BOUNDS)
    task = example.task(teams=0, frame=frozen, sizes=places, parties=())
    assert task.random_value is not None
    keep(engine, task.manifest.canonical(), MATCHING)
    return {
        "manifest": task.manifest.hash,
        "frame": frozen.file,
        "beacon": task.random_value.document(),
        "reveals": [],
        "campaign": [],
        "sealed": [],
    }


def job(body: Mapping[str, Any]) -> Work:
    content = history.canonical(dict(body))
    return Work(
        address=history.address(content),
        case_id=UUID(int=1),
        element="objects",
        key="",
        name="draw.objects",
        inputs=content,
    )
