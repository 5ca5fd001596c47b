"""Many open cases at once, put straight into the tables: what counts is that they are there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, insert, select

from engine import clock
from engine.commands import SYSTEM, OpenCase
from engine.store.tables import cases, timers, worklist
from tests.engine.office import Office

INSPECTED: dict[str, Any] = {
    "lead_department": "samr",
    "subject_id": "91220104MA0000000X",
    "subject_name": "合成对象",
    "plan_year": 2026,
    "task_name": "测试任务",
    "item_class": "一般",
    "ratio": "5%",
    "items": ["CY-SAMR-01", "CY-SAMR-02"],
    "team": ["CY-SAMR-001", "CY-SAMR-002"],
    "task_start": "2026-03-01",
    "task_end": "2026-11-30",
    "origin": "随机抽查任务",
    "inspection_mode": "普通检查",
}
PARTIES: dict[str, tuple[str, ...]] = {
    "lead": ("samr",),
    "department": ("samr",),
    "leader": ("CY-SAMR-001",),
    "team": ("CY-SAMR-001", "CY-SAMR-002"),
}


def inspection(office: Office, *, parent: UUID | None = None) -> UUID:
    """Open one inspection case as the publisher would for a drawn subject."""
    handled = office.engine.handle(
        OpenCase(
            case_id=office.hand.new_id(),
            actor=SYSTEM,
            process="inspection",
            jurisdiction="chaoyang",
            title="合成对象的检查",
            parties=PARTIES,
            fields=INSPECTED,
            parent=parent,
        )
    )
    return handled.case_id


def multiply(office: Office, case_id: UUID, count: int, *, years: int = 0) -> None:
    """Add `count` look-alikes of an open case with their tasks and timers, years later if asked."""
    twins = [clock.named_case_id(f"twin|{case_id}|{years}|{number}") for number in range(count)]
    with office.engine.store.write() as connection:
        for table in (cases, worklist, timers):
            _copy(connection, table, case_id, twins, timedelta(days=366 * years))


def _copy(
    connection: Connection,
    table: Table,
    case_id: UUID,
    twins: Sequence[UUID],
    later: timedelta,
) -> None:
    found = connection.execute(select(table).where(table.c.case_id == case_id)).mappings().all()
    rows = [
        {**row, "case_id": twin, **_changed(row, twin, later)} for row in found for twin in twins
    ]
    for start in range(0, len(rows), 5000):
        connection.execute(insert(table), rows[start : start + 5000])


def _changed(row: Any, twin: UUID, later: timedelta) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    if "number" in row:
        changed["number"] = f"T-{twin.hex[:16]}"
    if row.get("due_at") is not None:
        changed["due_at"] = row["due_at"] + later
    return changed
