"""The synthetic world of a jurisdiction: places, trades, shares and departments, all from files.

A new city is a new file beside these; no code changes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from engine.errors import ProductError

SOURCE = "synthetic"  # the source of every synthetic row
LABEL = "合成数据"  # what a person reads on it


class NoSuchWorld(ProductError):
    code = "no-synthetic-world"
    zh = "没有辖区「{jurisdiction}」的合成数据；已有：{known}。"
    en = "There is no synthetic world for “{jurisdiction}”; known: {known}."


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    code: str
    name: str
    weight: int
    streets: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """A trade: what its names end with per kind of subject, and who regulates it."""

    industry: str
    weight: int
    key_industry: str
    regulators: tuple[str, ...]
    endings: Mapping[str, Sequence[str]]
    carrier: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    jurisdiction: str
    code: str
    prefix: str
    city: str
    phone: str
    authority: str
    districts: tuple[District, ...]
    tiers: Mapping[str, Mapping[str, int]]
    credit: Mapping[str, Mapping[str, int]]
    inspectors: Mapping[str, int]
    seats: Mapping[str, Mapping[str, int]]
    sectors: tuple[Sector, ...]
    names: Mapping[str, str]
    items: tuple[Mapping[str, Any], ...]
    item_defaults: Mapping[str, Any]


_KINDS = ("enterprise", "trader", "cooperative", "institution", "society")
_SHARED = frozenset({"sectors", "items"})


def worlds() -> tuple[str, ...]:
    """Return the jurisdictions that have a synthetic world."""
    names = (entry.name for entry in _folder().iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted({name.removesuffix(".toml") for name in names} - _SHARED))


@cache
def world(jurisdiction: str) -> World:
    """Return the world of a jurisdiction."""
    if jurisdiction not in worlds():
        raise NoSuchWorld(jurisdiction=jurisdiction, known="、".join(worlds()))
    place, trades, listed = _read(jurisdiction), _read("sectors"), _read("items")
    districts = tuple(District(**district) for district in place.pop("districts"))
    return World(
        jurisdiction=jurisdiction,
        districts=districts,
        sectors=tuple(_sector(entry) for entry in trades["sectors"]),
        names=trades["names"],
        items=tuple(listed["items"]),
        item_defaults=listed["defaults"],
        **place,
    )


def _sector(entry: Mapping[str, Any]) -> Sector:
    return Sector(
        industry=entry["industry"],
        weight=entry["weight"],
        key_industry=entry["key_industry"],
        regulators=tuple(entry["regulators"]),
        endings={kind: entry[kind] for kind in _KINDS if kind in entry},
        carrier=entry.get("carrier", {}),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(_folder().joinpath(f"{name}.toml").read_text("utf-8"))


def _folder() -> Any:
    return resources.files("engine.registry.synthetic")
