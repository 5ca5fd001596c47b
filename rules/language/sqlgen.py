"""From typed nodes to SQL text: the generator behind setwise.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rules.language import core as c
from rules.language.sqldays import DayWriter
from rules.language.sqlnumbers import times

OPERATORS = {"==": "=", "!=": "<>"}


@dataclass(kw_only=True)
class SqlWriter(DayWriter):
    """Writes conditions on top of numbers and days."""

    # ------------------------------------------------------------ conditions
    def truth(self, node: c.Core) -> str:
        """Write a condition as an SQL truth value (true, false or NULL)."""
        match node:
            case c.Not():
                return f"(NOT {self.truth(node.body)})"
            case c.And() | c.Or():
                if not node.items:
                    return "(1 = 1)" if isinstance(node, c.And) else "(1 = 0)"
                word = " AND " if isinstance(node, c.And) else " OR "
                return "(" + word.join(self.truth(item) for item in node.items) + ")"
            case c.Compare():
                return self._compare(node)
            case c.Contains():
                return self._contains(node)
        return f"({self.boolean(node)} = 1)"

    def boolean(self, node: c.Core) -> str:
        """Write a 是否 as 1, 0 or NULL; PostgreSQL booleans and integers both do."""
        if isinstance(node, c.Const):
            return "1" if node.value else "0"
        if isinstance(node, c.Fact):
            if node.path not in self.columns and node.path in self.derived:
                deemed, closed = self.derived[node.path]
                truth = self.truth(deemed)
                return f"CAST({truth} AS INTEGER)" if closed else f"(CASE WHEN {truth} THEN 1 END)"
            return f"CAST({self.column(node)} AS INTEGER)"
        if isinstance(node, c.Param):
            return self._stated(node)
        return f"CAST({self.truth(node)} AS INTEGER)"

    def _stated(self, node: c.Param) -> str:
        if node.keys:
            return self.chosen(node, lambda value: "1" if value else "0")
        value = self.known(node)
        return "NULL" if value is None else "1" if value else "0"

    def _compare(self, node: c.Compare) -> str:
        operator = OPERATORS.get(node.op, node.op)
        kind = node.left.type
        if kind.kind in {"enum", "text"}:
            return f"({self.word(node.left)} {operator} {self.word(node.right)})"
        if kind.kind == "date":
            return f"({self.day(node.left)} {operator} {self.day(node.right)})"
        if kind.truth:
            return f"({self.boolean(node.left)} {operator} {self.boolean(node.right)})"
        plain = self.plain(node.left), self.plain(node.right)
        if None not in plain:
            return f"({plain[0]} {operator} {plain[1]})"
        left, right = self.number(node.left), self.number(node.right)
        if left.below == right.below == "1":
            return f"({left.above} {operator} {right.above})"
        return f"({times(left.above, right.below)} {operator} {times(right.above, left.below)})"

    def _contains(self, node: c.Contains) -> str:
        item = self.word(node.item)
        if isinstance(node.group, c.Fact):
            return self._within(self.column(node.group), item)
        group: Any = self.known(node.group)  # a named set: never empty
        return f"({item} IN ({', '.join(self.bind(word) for word in sorted(group))}))"

    def _within(self, group: str, item: str) -> str:
        """Write membership in a set that is itself a column: a JSON array of words."""
        if self.dialect == "postgresql":
            return f"(CAST({group} AS jsonb) @> to_jsonb(CAST({item} AS text)))"
        array = f"json_each{group}"
        inside = " ".join(("EXISTS (SELECT 1 FROM", array, "j WHERE j.value =", item)) + ")"
        return f"(CASE WHEN {group} IS NULL OR {item} IS NULL THEN NULL ELSE {inside} END)"
