"""Synthetic lists of inspection items, one per department, and the registry of each item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from engine.registry.filters import Filters
from engine.registry.lists import ListKind, RegistryList
from engine.registry.synthetic.world import SOURCE, World
from engine.registry.types import Item, ItemClass


def items(world: World) -> tuple[Item, ...]:
    """Return the item list of a jurisdiction: the departments that it has inspectors for."""
    return tuple(item for item, _ in _numbered(world))


def lists(world: World) -> tuple[RegistryList, ...]:
    """Return one special registry per item, and a joint one where the item has partners."""
    found = []
    for item, entry in _numbered(world):
        filters = Filters(industries=tuple(entry["industries"]))
        kinds = [ListKind.SPECIAL, *([ListKind.JOINT] if item.partners else [])]
        for kind in kinds:
            name = "联合监管对象名录" if kind is ListKind.JOINT else "检查对象名录库"
            found.append(
                RegistryList(
                    code=f"{'LH' if kind is ListKind.JOINT else 'ZY'}-{item.item_code}",
                    name=f"{item.name}{name}",
                    kind=kind,
                    department=item.department,
                    filters=filters,
                    item_code=item.item_code,
                )
            )
    return tuple(found)


def _numbered(world: World) -> Iterator[tuple[Item, Mapping[str, Any]]]:
    numbers: Counter[str] = Counter()
    for entry in world.items:
        department = entry["department"]
        if department in world.inspectors:
            numbers[department] += 1
            code = f"{world.prefix}-{department.upper()}-{numbers[department]:02d}"
            yield _item(world, entry, code), entry


def _item(world: World, entry: Mapping[str, Any], code: str) -> Item:
    words = {**world.item_defaults, **entry}
    return Item(
        item_code=code,
        name=words["name"],
        department=words["department"],
        item_class=ItemClass(words["item_class"]),
        basis=words["basis"],
        content=words["content"],
        method=words["method"],
        standard=words["standard"],
        disposition=words["disposition"],
        list_sources=tuple(words["list_sources"]),
        ratio=words["ratio"],
        frequency=words["frequency"],
        impl_item_code=f"SS-{world.code}-{code.removeprefix(world.prefix + '-')}",
        check_subjects=words["check_subjects"],
        level="区" if len(world.districts) == 1 else "市",
        fields=tuple(words["fields"]),
        partners=tuple(words["partners"]),
        full_coverage="full_coverage_ground" in words,
        full_coverage_ground=words.get("full_coverage_ground", ""),
        source=SOURCE,
    )
