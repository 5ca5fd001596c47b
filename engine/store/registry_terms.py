"""What a rule's facts are called in the SQL of a frame: the origin of a term to its column."""

from __future__ import annotations

from collections.abc import Mapping

from engine.registry.types import RegistryKind
from engine.store.registry_select import TABLES

UNIT = "u"  # the alias of the subject in the SQL of an exclusion
CARRIER = "k"  # the alias of a carrier; `u` is then the subject it hangs on

_FLAGS = ("abnormal_listed", "repeated_complaints", "serious_violation", "special_key_field")
_PLAIN = (
    "status",
    "kind",
    "category",
    "risk_tier",
    "credit_level",
    "key_industry",
    "industry",
    "district",
)
YES_OR_NO = frozenset(
    f"registry.{name}@frame"
    for name in (
        *_FLAGS,
        "key_subject",
        *(f"in_{n}_registry" for n in ("general", "special", "joint")),
    )
)


_OF_CARRIER = ("status", "carrier_type")


def columns(
    kind: RegistryKind = RegistryKind.SUBJECTS, counts: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the SQL for each origin of a term, for the rules' set-wise back-end.

    Yes-or-no values are 1, 0 or NULL on both databases. A unit of the frame is in the general, the
    special and the joint registry by construction: the filter of the frame is that registry. What
    is asked of a carrier's subject is asked of the subject."""
    is_carrier = kind is RegistryKind.CARRIERS
    table = TABLES[RegistryKind.SUBJECTS if is_carrier else kind]
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
    if is_carrier:
        origins |= {f"carrier.{name}@frame": f"{CARRIER}.{name}" for name in _OF_CARRIER}
    for place, origin in enumerate(counts or {}):
        origins[origin] = f"COALESCE(c{place}.value, 0)"
    return origins
