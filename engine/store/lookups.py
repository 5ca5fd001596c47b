"""What a form asks the engine to look up when it is handed in: recorded with it, as its stamps are.

A look-up belongs to the transaction of its command; what it found enters the history, so an audit
need not look again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from engine.case import Case
from engine.commands import CompleteTask
from engine.errors import FormInvalid
from engine.events import Fields
from engine.history import Json
from engine.registry.types import Item, ItemStatus, RegistryKind
from engine.store import plan_counts, registry
from engine.version import Version

# (connection, jurisdiction, what the case says with the form that is handed in)
LookUp = Callable[[Connection, str, Fields], Json]


def items_batch(connection: Connection, jurisdiction: str, data: Fields) -> Json:
    """Return the version of the item list a plan rests on; an item not in force is refused.

    Source: CY 总体要求 (清单之外无监管), 三（三）; PJ 3."""
    codes = tuple(str(code) for code in data.get("items", ()))
    found = registry.find_many(connection, jurisdiction, RegistryKind.ITEMS, codes)
    unknown = [code for code in codes if not _in_force(found.get(code))]
    if unknown:
        named = "、".join(f"「{code}」" for code in unknown)
        message = f"{named}不在有效的抽查事项清单内（清单之外无监管），请先办理事项清单"
        raise FormInvalid((("抽查事项", message),))
    return registry.latest_batch(connection, jurisdiction)


def _in_force(row: object) -> bool:
    return isinstance(row, Item) and row.status is ItemStatus.ACTIVE


LOOKUPS: Mapping[str, LookUp] = {
    "items.batch": items_batch,
    "joint_plans.items_left": plan_counts.items_left,
    "joint_plans.overlapping_items": plan_counts.overlapping_items,
    "joint_plans.unapproved": plan_counts.unapproved,
}


def look_up(
    connection: Connection, command: CompleteTask, case: Case, version: Version
) -> CompleteTask:
    """Return the command with what its form's stamps ask the registry and the record for."""
    if command.element not in version.definition.nodes:
        return command
    form = version.form_of(command.element)
    if form is None:
        return command
    said = {**case.fields, **command.data}
    found = {
        what: LOOKUPS[what](connection, version.law.jurisdiction, said)
        for what in form.stamps.values()
        if what in LOOKUPS
    }
    return replace(command, found=found) if found else command
