"""Views that follow from a command's events: worklist, timers, outbox, work. All rebuildable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, Table, bindparam, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.case import Case, Deadline, Slot
from engine.events import CaseClosed, ServiceCompleted, WorkRequested
from engine.history import Record, canonical
from engine.store.prepared import Prepared
from engine.store.tables import assignments, cases, outbox, timers, work, worklist
from engine.version import Version

Row = dict[str, Any]

VISIT, TEAM = "inspection", "team"  # the process of a visit, and its party that is sent

# built once: putting a statement together costs more than running it
_STALE = {
    table.name: Prepared(
        delete(table).where(
            table.c.case_id == bindparam("of_case"),
            table.c.element == bindparam("of_element"),
            table.c.key == bindparam("of_key"),
        )
    )
    for table in (worklist, timers)
}
_SENT = Prepared(insert(outbox), "case_id", "seq", "part", "kind", "body", "created_at")


def _wanted_again(made: Any) -> Insert:
    """Request work; the same work asked for in a later turn is done again."""
    wanted = made.insert(work)
    again: Insert = wanted.on_conflict_do_update(
        index_elements=["address", "case_id", "element"],
        set_={
            "requested_at": wanted.excluded.requested_at,
            "finished_at": None,
            "failure": None,
        },
    )
    return again


_WANTED = Prepared(
    {"sqlite": _wanted_again(sqlite), "postgresql": _wanted_again(postgresql)},
    "address",
    "case_id",
    "element",
    "key",
    "name",
    "inputs",
    "requested_at",
)
_FRESH = {table.name: Prepared(insert(table)) for table in (worklist, timers, assignments)}


def begin(
    connection: Connection, opened: Sequence[tuple[Case, Sequence[Record]]], version: Version
) -> None:
    """Write the views of new cases."""
    found = [case for case, _ in opened]
    offered = [row for c in found for rows in _worklist_rows(c, version).values() for row in rows]
    timed = [row for case in found for rows in _timer_rows(case).values() for row in rows]
    sent = [row for case in found for row in _sent(case)]
    for table, rows in ((worklist, offered), (timers, timed), (assignments, sent)):
        _FRESH[table.name].write(connection, rows)
    _hand_out(connection, [record for _, records in opened for record in records])


def project(
    connection: Connection,
    before: Case,
    after: Case,
    records: Sequence[Record],
    version: Version,
) -> None:
    """Bring every view from `before` to `after`; touches only rows that changed."""
    old = _worklist_rows(before, version)
    _replace(connection, worklist, after, old, _worklist_rows(after, version))
    _replace(connection, timers, after, _timer_rows(before), _timer_rows(after))
    if before.parties.get(TEAM) != after.parties.get(TEAM):
        _send_again(connection, after)
    if lead(before) != lead(after):
        _show_lead(connection, after)
    _hand_out(connection, records)


def _hand_out(connection: Connection, records: Sequence[Record]) -> None:
    """Send the messages and request the work of new events."""
    _SENT.write(connection, list(_messages(records)))
    _WANTED.write(connection, list(_work(records)))


def rebuild(
    connection: Connection, case: Case, records: Sequence[Record], version: Version
) -> None:
    """Write every view of a case again from its whole history; `case` is its fold.

    Marks of delivery and of finished work stay where their rows are; a message whose row was lost
    goes out again, which costs a repetition and nothing else.
    """
    connection.execute(delete(worklist).where(worklist.c.case_id == case.case_id))
    connection.execute(delete(timers).where(timers.c.case_id == case.case_id))
    _replace(connection, worklist, case, {}, _worklist_rows(case, version))
    _replace(connection, timers, case, {}, _timer_rows(case))
    _show_lead(connection, case)
    _add(connection, outbox, _messages(records))
    _add(connection, work, _work(records))
    _send_again(connection, case)


def _sent(case: Case) -> list[Row]:
    """Return who is sent to an inspection."""
    if case.process != VISIT:
        return []
    return [
        {
            "case_id": case.case_id,
            "inspector_id": inspector,
            "jurisdiction": case.jurisdiction,
            "opened_at": case.opened_at,
        }
        for inspector in dict.fromkeys(case.parties.get(TEAM, ()))
    ]


def _send_again(connection: Connection, case: Case) -> None:
    """Note who is sent now; whoever was replaced no longer counts as sent."""
    if case.process != VISIT:
        return
    connection.execute(delete(assignments).where(assignments.c.case_id == case.case_id))
    _FRESH[assignments.name].write(connection, _sent(case))


def _add(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows; those that are there stay as they are."""
    made = sqlite if connection.dialect.name == "sqlite" else postgresql
    found = list(rows)
    if found:
        connection.execute(made.insert(table).on_conflict_do_nothing(), found)


def _replace(
    connection: Connection,
    table: Table,
    case: Case,
    old: Mapping[Slot, list[Row]],
    new: Mapping[Slot, list[Row]],
) -> None:
    stale = [slot for slot, rows in old.items() if new.get(slot) != rows]
    fresh = [row for slot, rows in new.items() if old.get(slot) != rows for row in rows]
    _STALE[table.name].write(
        connection,
        [{"of_case": case.case_id, "of_element": e, "of_key": k} for e, k in stale],
    )
    _FRESH[table.name].write(connection, fresh)


def _worklist_rows(case: Case, version: Version) -> dict[Slot, list[Row]]:
    if case.is_closed:
        return {}
    rows: dict[Slot, list[Row]] = {}
    for slot, offer in case.offers.items():
        shared: Row = {
            "case_id": case.case_id,
            "element": slot[0],
            "key": slot[1],
            "task": offer.name,
            "role": offer.lane,
            "number": case.number,
            "case_title": case.title,
            "process": case.process,
            "jurisdiction": case.jurisdiction,
            "holder": case.claims.get(slot),
            "due_at": case.attached_deadline(slot, version),
            "offered_at": offer.at,
        }
        # a task of no seat stands here too, under none: it must be seen that nobody can do it
        rows[slot] = [{**shared, "seat": seat} for seat in dict.fromkeys(offer.seats or ("",))]
    return rows


def _timer_rows(case: Case) -> dict[Slot, list[Row]]:
    if case.is_closed:
        return {}
    return {slot: [_timer(case, slot, value)] for slot, value in case.deadlines.items()}


def _timer(case: Case, slot: Slot, deadline: Deadline) -> Row:
    return {
        "case_id": case.case_id,
        "element": slot[0],
        "key": slot[1],
        "due_at": deadline.due_at,
        "rule": deadline.rule,
        "missing": deadline.missing,
        "provisional": deadline.provisional,
    }


def _messages(records: Sequence[Record]) -> Iterable[Row]:
    for record in records:
        if isinstance(record.event, ServiceCompleted | CaseClosed):
            for part, message in enumerate(record.event.messages):
                yield {
                    "case_id": record.case_id,
                    "seq": record.seq,
                    "part": part,
                    "kind": message["kind"],
                    "body": canonical(dict(message)),
                    "created_at": record.at,
                }


def _work(records: Sequence[Record]) -> Iterable[Row]:
    for record in records:
        event = record.event
        if isinstance(event, WorkRequested):
            yield {
                "address": event.work,
                "case_id": record.case_id,
                "element": event.element,
                "key": event.key,
                "name": event.name,
                "inputs": canonical(dict(event.inputs)),
                "requested_at": record.at,
            }


def lead(case: Case) -> str | None:
    """Return the department that leads a case, for lists."""
    return next(iter(case.parties.get("lead", ())), None)


def _show_lead(connection: Connection, case: Case) -> None:
    """Show the department that leads from now on in the lists of cases."""
    connection.execute(update(cases).where(cases.c.case_id == case.case_id).values(lead=lead(case)))


def items_of(case: Case) -> str:
    """Return the inspected items as one searchable text, `|code|code|`."""
    codes = case.fields.get("items") or ()
    return f"|{'|'.join(str(code) for code in codes)}|" if codes else ""


def closed_at(records: Sequence[Record]) -> datetime | None:
    """Return when the case closed, if it did in these events; a later comment changes nothing."""
    return next((r.at for r in records if isinstance(r.event, CaseClosed)), None)
