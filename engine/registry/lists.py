"""Special and joint registries: a name and a stored filter over the general registry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.registry.filters import Filters


class ListKind(StrEnum):
    SPECIAL = "special"  # 专用名录: one item or field of one department
    JOINT = "joint"  # 联合监管对象名录: needed before a joint draw (PJ 任务 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryList:
    """One list; its rows are what its filter finds, so it is a subset by construction.

    In principle one item has one list (CY 三（五）): `item_code` says which, empty for a field."""

    code: str
    name: str
    kind: ListKind
    department: str
    filters: Filters
    item_code: str = ""
