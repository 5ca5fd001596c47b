"""两库: a file arrives, its difference is shown, and it counts once everything is explained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from pytest_bdd import step, then

from engine import imports
from engine.demo.registries import SEED
from engine.imports import ImportRefused, Preview
from engine.registry import synthetic
from engine.registry.export import csv_file
from engine.registry.types import Inspector, RegistryKind, Subject, SubjectStatus
from engine.store import readings, registry
from tests.steps import words
from tests.steps.desk import Desk
from tests.steps.phrases import phrase

SUBJECTS = 120  # as `tests.engine.office.furnish` fills the registry


@dataclass(slots=True)
class Delivery:
    """The file that lies on the table, and what the import said of it."""

    preview: Preview | None = None
    refused: ImportRefused | None = None
    touched: list[str] = field(default_factory=list)

    @property
    def shown(self) -> Preview:
        assert self.preview is not None, "还没有送来名录"
        return self.preview


@pytest.fixture
def delivery() -> Delivery:
    return Delivery()


def subjects(desk: Desk) -> list[Subject]:
    place = synthetic.world(desk.jurisdiction)
    return list(synthetic.subjects(place, seed=SEED, count=SUBJECTS))


def inspectors(desk: Desk) -> list[Inspector]:
    return list(synthetic.inspectors(synthetic.world(desk.jurisdiction), seed=SEED))


def deliver(desk: Desk, delivery: Delivery, kind: RegistryKind, rows: Iterable[Any]) -> None:
    """Show the difference of a file to the registry as it stands, then try to apply it."""
    engine = desk.office.engine
    with engine.store.read() as connection:
        delivery.preview = imports.preview(
            connection,
            desk.jurisdiction,
            desk.law.organisation,
            kind.value,
            csv_file(kind, rows),
            f"{kind.value}.csv",
        )
    try:
        handled = imports.apply(
            engine, delivery.shown, case_id=desk.office.hand.new_id(), source="场景"
        )
    except ImportRefused as refused:
        delivery.refused = refused
        return
    desk.office.settle()
    desk.take(handled.case_id)


@step("对象名录送来一批，其中一户由存续变为注销")
def one_closed(desk: Desk, delivery: Delivery) -> None:
    rows = subjects(desk)
    place = next(i for i, row in enumerate(rows) if row.status is SubjectStatus.ACTIVE)
    delivery.touched = [rows[place].subject_id]
    rows[place] = replace(rows[place], status=SubjectStatus.DEREGISTERED)
    deliver(desk, delivery, RegistryKind.SUBJECTS, rows)


@step("对象名录送来一批，全部已经注销")
def all_closed(desk: Desk, delivery: Delivery) -> None:
    rows = [replace(row, status=SubjectStatus.DEREGISTERED) for row in subjects(desk)]
    delivery.touched = [row.subject_id for row in rows]
    task = desk.at_hand
    deliver(desk, delivery, RegistryKind.SUBJECTS, rows)
    if task is not None:
        desk.take(task)


@step(phrase("对象名录送来一批，其中一户由{department}监管"))
def one_regulated(desk: Desk, delivery: Delivery, department: str) -> None:
    rows = subjects(desk)
    rows[0] = replace(rows[0], regulators=(words.DEPARTMENTS[department],))
    delivery.touched = [rows[0].subject_id]
    deliver(desk, delivery, RegistryKind.SUBJECTS, rows)


@step(phrase("人员名录送来一批，其中{inspector}录入了清单外的事项"))
def one_beyond_the_list(desk: Desk, delivery: Delivery, inspector: str) -> None:
    found = inspectors(desk)
    place = next(i for i, row in enumerate(found) if row.inspector_id == inspector)
    found[place] = replace(found[place], items=(*found[place].items, "CY-NOWHERE-01"))
    deliver(desk, delivery, RegistryKind.INSPECTORS, found)


@step("对象名录送来一批，少了一户而没有说明去向")
def one_vanished(desk: Desk, delivery: Delivery) -> None:
    rows = subjects(desk)
    delivery.touched = [rows[0].subject_id]
    deliver(desk, delivery, RegistryKind.SUBJECTS, rows[1:])


@step("载体名录送来一批，其中一件关联到不存在的对象")
def carrier_of_nobody(desk: Desk, delivery: Delivery) -> None:
    place = synthetic.world(desk.jurisdiction)
    known = subjects(desk)
    more = synthetic.subjects(place, seed=SEED, count=2 * SUBJECTS)
    stranger = next(row for row in more if row.subject_id not in {one.subject_id for one in known})
    rows = list(synthetic.carriers(place, known, seed=SEED))
    rows[0] = replace(rows[0], subjects=(stranger.subject_id,))
    deliver(desk, delivery, RegistryKind.CARRIERS, rows)


@then(phrase("对象名录同时载有「{one}」和「{other}」主体"))
def both_kinds(desk: Desk, one: str, other: str) -> None:
    with desk.office.engine.store.read() as connection:
        rows = registry.current(connection, desk.jurisdiction, RegistryKind.SUBJECTS)
        found = {row.category.value for row in rows if isinstance(row, Subject)}
    assert found == {one, other}


@step(phrase("人员名录送来一批，其中{inspector}的执法证于{day:day}到期"))
def certificate_expired(desk: Desk, delivery: Delivery, inspector: str, day: str) -> None:
    rows = inspectors(desk)
    assert inspector in {row.inspector_id for row in rows}
    changed = [
        replace(row, certificate_until=date.fromisoformat(day))
        if row.inspector_id == inspector
        else row
        for row in rows
    ]
    deliver(desk, delivery, RegistryKind.INSPECTORS, changed)


@then(phrase("差异对照为新增{added:d}行、变更{changed:d}行"))
def difference(delivery: Delivery, added: int, changed: int) -> None:
    found = delivery.shown.diff
    assert (len(found.added), len(found.changed), len(found.removed)) == (added, changed, 0)


@then(phrase("本批次不予导入，说明是「{reason:any}」"))
def import_refused(delivery: Delivery, reason: str) -> None:
    assert delivery.refused is not None
    told = [problem.reason for problem in delivery.shown.errors]
    assert any(reason in sentence for sentence in told), told


@then("名录仍是原来的户数")
def nothing_lost(desk: Desk) -> None:
    with desk.office.engine.store.read() as connection:
        count = registry.count(connection, desk.jurisdiction, RegistryKind.SUBJECTS)
    assert count == SUBJECTS


@then("批次案件记有来源、文件校验值和名录总根")
def batch_says_where_from(desk: Desk) -> None:
    fields = desk.case.fields
    assert fields["source"] == "场景"
    assert len(fields["file"]) == len(fields["root"]) == 64
    assert desk.case.is_closed


@then("每一份名录都有批次案件")
def every_registry_has_a_batch(desk: Desk) -> None:
    with desk.office.engine.store.read() as connection:
        rows = readings.every_case(connection)
    batches = {
        desk.office.case(row.case_id).fields["registry"]
        for row in rows
        if row.process == "registry_batch" and row.jurisdiction == desk.jurisdiction
    }
    assert batches == {kind.value for kind in RegistryKind}
