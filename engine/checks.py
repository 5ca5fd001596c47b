"""Checks a form asks for by name under `x-check`, where a schema cannot say what is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.case import Case
from engine.draw import witness
from engine.draw.refusals import NoWitness
from engine.errors import FormInvalid, OffRegistry
from engine.events import Fields
from engine.version import Version

Check = Callable[[Case, Fields, Version], None]


def staff_registered(case: Case, data: Fields, version: Version) -> None:
    """Refuse a direct assignment of anyone outside the frozen pool; the attempt is history.

    Source: CY 四（二）1 (非库内检查人员), PJ 9; readings A-27, A-29."""
    pool = version.fetch(case.fields["pool"]["file"]).decode().splitlines()
    listed = {line.split("|", 1)[0] for line in pool}
    strangers = sorted(set(data["assigned_staff"]) - listed)
    if strangers:
        raise OffRegistry(people="、".join(strangers))


def assignment_witnessed(case: Case, data: Fields, version: Version) -> None:
    """Refuse a direct assignment without a proof that holds, or of anyone outside the pool.

    Source: PJ 9 (特殊情况下执法人员无法随机分配的，可直接指派); reading A-29."""
    manifest, result, matched = (
        json.loads(version.fetch(case.fields[name]))
        for name in ("manifest_hash", "draw", "matching")
    )
    if not witness.holds(manifest, result, matched):
        raise NoWitness
    staff_registered(case, data, version)


def every_item_answered(case: Case, data: Fields, version: Version) -> None:
    """Refuse a visit that leaves an item of its task without a result or a cause (PJ 10)."""
    del version
    lacking = unanswered(case.fields.get("items", ()), data["item_results"])
    if lacking:
        what = f"事项{'、'.join(lacking)}没有检查结果，也没有写明不能检查的原因"
        raise FormInvalid((("逐项结果", what),))


def unanswered(items: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the items that no row gives a result or a cause for not looking."""
    told = {row["item"] for row in rows if row.get("codes") or row.get("causes")}
    return [item for item in items if item not in told]


CHECKS: Mapping[str, Check] = {
    "assignment.witnessed": assignment_witnessed,
    "staff.registered": staff_registered,
    "items.answered": every_item_answered,
}
