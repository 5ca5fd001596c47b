"""Checks a form asks for by name under `x-check`, where a schema cannot say what is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from engine.case import Case
from engine.draw import beacon
from engine.draw.manifest import Manifest
from engine.draw.refusals import BeaconProblem
from engine.errors import BeaconMismatch, FormInvalid, OffRegistry
from engine.events import Fields
from engine.version import Version

Check = Callable[[Case, Fields, Version], None]


def beacon_value(case: Case, data: Fields, version: Version) -> None:
    """Refuse a value that is not of the round the manifest named: wrong count, wrong numbers."""
    _parsed(case, data["beacon_value"], version)


def beacon_again(case: Case, data: Fields, version: Version) -> None:
    """Refuse a second entry that is not the same value, however it is spaced."""
    first = _parsed(case, case.fields["beacon_value"], version)
    second = _parsed(case, data["beacon_value_again"], version)
    if first != second:
        raise BeaconMismatch(first="；".join(first), second="；".join(second))


def staff_registered(case: Case, data: Fields, version: Version) -> None:
    """Refuse a direct assignment of anyone outside the frozen pool; the attempt is history.

    Source: CY 四（二）1 (非库内检查人员), PJ 9; readings A-27, A-29."""
    pool = version.fetch(case.fields["pool"]["file"]).decode().splitlines()
    listed = {line.split("|", 1)[0] for line in pool}
    strangers = sorted(set(data["assigned_staff"]) - listed)
    if strangers:
        raise OffRegistry(people="、".join(strangers))


def _parsed(case: Case, written: Any, version: Version) -> tuple[str, ...]:
    manifest = Manifest.read(json.loads(version.fetch(case.fields["manifest_hash"])))
    try:
        return beacon.parse(manifest.beacon_rule[0], str(written))
    except BeaconProblem as problem:
        raise FormInvalid((("随机值", str(problem)),)) from problem


CHECKS: Mapping[str, Check] = {
    "beacon.value": beacon_value,
    "beacon.again": beacon_again,
    "staff.registered": staff_registered,
}
