"""What a rule's facts are called in the SQL of a frame: the origin of a term to its column."""

from __future__ import annotations

from collections.abc import Mapping

from engine.registry.types import RegistryKind
from engine.store.registry_select import TABLES

UNIT = "u"  # the alias of the registry in the SQL of an exclusion

_FLAGS = ("abnormal_listed", "repeated_complaints", "serious_violation", "special_key_field")
_PLAIN = ("status", "kind", "category", "risk_tier", "credit_level", "key_industry", "district")


def columns(
    kind: RegistryKind = RegistryKind.SUBJECTS, counts: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the SQL for each origin of a term, for the rules' set-wise back-end.

    Yes-or-no values are 1, 0 or NULL on both databases. A unit of the frame is in the general, the
    special and the joint registry by construction: the filter of the frame is that registry."""
    table = TABLES[kind]
    found = {name: f"{UNIT}.{name}" for name in _PLAIN if name in table.c}
    found |= {name: f"CAST({UNIT}.{name} AS INTEGER)" for name in _FLAGS if name in table.c}
    if "key_grounds" in table.c:
        found["key_subject"] = f"(CASE WHEN {UNIT}.key_grounds = '' THEN 0 ELSE 1 END)"
    if "regulators" in table.c:
        found["regulator_count"] = (
            f"(CASE WHEN {UNIT}.regulators = '' THEN 0 ELSE LENGTH({UNIT}.regulators)"
            f" - LENGTH(REPLACE({UNIT}.regulators, '|', '')) - 1 END)"
        )
    for registry in ("general", "special", "joint"):
        found[f"in_{registry}_registry"] = "1"
    origins = {f"registry.{name}@frame": sql for name, sql in found.items()}
    for place, origin in enumerate(counts or {}):
        origins[origin] = f"COALESCE(c{place}.value, 0)"
    return origins
