"""What may be chosen where a form names departments, items or people, and their names in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.history import Json
from engine.registry.filters import Filters
from engine.registry.types import Item, ItemStatus, RegistryKind
from engine.store import registry
from engine.store.database import Connection
from engine.store.people import Person
from web.forms.schema import Field, Option
from web.language import gettext as _
from web.shown import answer, department
from web.site import site

OWN_ITEMS = "items"  # the field of a case in which its items stand


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Lists for one case, each read at most once and only when a question asks for it."""

    tx: Connection
    where: str
    fields: Mapping[str, Any]  # what the case knows: a later step refers to its own items
    begun: Mapping[str, Any] = field(default_factory=dict)  # what it opened with, of its parent too
    people: tuple[Person, ...] = ()
    own: tuple[str, ...] = ()  # the reader's departments: their items are listed first

    def __call__(self, asked: Field) -> tuple[Option, ...]:
        listed = _LISTS.get(asked.widget)
        options = asked.options or (listed(self) if listed else ())
        if asked.path == OWN_ITEMS:
            options = self.all_items  # it says what the case's items are, however often it is asked
        among = str(asked.schema.get("x-among", ""))
        held = (self.begun if among == asked.path else self.fields).get(among)
        return tuple(each for each in options if each.value in held) if held else options

    def lacks(self, asked: Field, chosen: Json) -> bool:
        """Tell whether an item was chosen that is not among those offered."""
        if asked.widget != "items" or not isinstance(chosen, list):
            return False
        return not {str(each) for each in chosen} <= {each.value for each in self(asked)}

    def words(self, value: Json, field: Field | None, where: str) -> str:
        """Write an answer with the names of the items and people it points to."""
        if field is not None and field.widget in ("item", "items"):
            names = {option.value: option.title for option in self.all_items}
            codes = value if isinstance(value, list) else [value]
            return "、".join(names.get(str(code), str(code)) for code in codes if code) or "—"
        if field is not None and field.widget == "rows" and isinstance(value, list):
            return "\n".join(self._row(each, field, where) for each in value) or "—"
        return answer(value, field, where)

    def _row(self, row: Json, field: Field, where: str) -> str:
        """Write one row on one line, column by column, without those left empty."""
        if not isinstance(row, dict):
            return answer(row, None, where)
        said = [
            (column, self.words(row[column.name], column, where))
            for column in field.columns
            if row.get(column.name) not in (None, "", [])
        ]
        whose = f"{department(str(row['department']), where)}：" if row.get("department") else ""
        return whose + "；".join(
            words if column.widget == "item" else f"{_(column.title)} {words}"
            for column, words in said
        )

    @cached_property
    def departments(self) -> tuple[Option, ...]:
        law = site().law(self.where)
        known = law.organisation.departments if law else {}
        return tuple(Option(value=code, title=each.name) for code, each in known.items())

    @cached_property
    def items(self) -> tuple[Option, ...]:
        """Return the items a later step may name: the case's own where it has some, else all."""
        own = self.fields.get(OWN_ITEMS)
        if not isinstance(own, list) or not own:
            return self.all_items
        return tuple(option for option in self.all_items if option.value in own)

    @cached_property
    def all_items(self) -> tuple[Option, ...]:
        rows = registry.select_rows(self.tx, self.where, RegistryKind.ITEMS, filters=Filters())
        active = [row for row in rows if isinstance(row, Item) and row.status is ItemStatus.ACTIVE]
        active.sort(key=lambda row: row.department not in self.own)
        return tuple(
            Option(
                value=row.item_code,
                title=f"{row.name}（{row.item_code}）",
                group=department(row.department, self.where),
                mark=row.item_class.value,
            )
            for row in active
        )

    @cached_property
    def persons(self) -> tuple[Option, ...]:
        return tuple(
            Option(value=each.id, title=each.name) for each in self.people if not each.disabled
        )


_LISTS: Mapping[str, Callable[[Choices], tuple[Option, ...]]] = {
    "department": lambda choices: choices.departments,
    "departments": lambda choices: choices.departments,
    "item": lambda choices: choices.items,
    "items": lambda choices: choices.items,
    "person": lambda choices: choices.persons,
}
