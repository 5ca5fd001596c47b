"""What every part of a generated SQL text is made of: columns, bound values, parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from rules.errors import RulesError
from rules.language import core as c
from rules.language.names import Names
from rules.language.run import GetParameter
from rules.language.types import Value

Column = str | tuple[str, str]


class NoColumn(RulesError):
    """A fact the condition reads has no column."""

    def __init__(self, path: str) -> None:
        super().__init__(f"“{path}”没有对应的列 / no column for this fact")
        self.path = path


class NoSql(RulesError):
    """A value has no SQL form."""


@dataclass(kw_only=True)
class Pieces:
    """Collects the parameters of a query while its text is written."""

    columns: Mapping[str, Column]
    derived: Mapping[str, tuple[c.Core, bool]]  # 认定 conditions; whether false means 否
    parameter: GetParameter
    names: Names
    dialect: str
    calendar_table: str
    parameters: dict[str, str | int] = field(default_factory=dict)

    def column(self, node: c.Fact) -> str:
        """Return the column of a fact."""
        column = self.columns.get(node.path)
        if not isinstance(column, str):
            raise NoColumn(node.path)
        return f"({column})"

    def bind(self, value: str) -> str:
        """Return the name of a parameter that holds a value."""
        for name, held in self.parameters.items():
            if held == value:
                return f":{name}"
        name = f"r{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def known(self, node: c.Core) -> Value | None:
        """Return the value of a literal or a plain parameter."""
        if isinstance(node, c.Const):
            return node.value
        if isinstance(node, c.Param):
            return self.parameter(node.name, ())
        raise NoSql(type(node).__name__)

    def word(self, node: c.Core) -> str:
        """Write an enum value or text."""
        if isinstance(node, c.Fact):
            return self.column(node)
        if isinstance(node, c.Param) and node.keys:
            return self.chosen(node, lambda value: self.bind(str(value)))
        value = self.known(node)
        return "NULL" if value is None else self.bind(str(value))

    def entries(self, node: c.Param) -> Iterator[tuple[str, Value]]:
        """Yield each stated value of a tabulated parameter with the test of its keys."""
        keys = [self.word(key) for key in node.keys]
        enums = [self.names.enums[enum] for enum in self.names.parameters[node.name].keys]
        for words in product(*enums):
            value = self.parameter(node.name, words)
            if value is not None:
                pairs = zip(keys, words, strict=True)
                yield " AND ".join(f"{key} = {self.bind(word)}" for key, word in pairs), value

    def chosen(self, node: c.Param, write: Callable[[Value], str]) -> str:
        """Write the value of a tabulated parameter; unknown where the pack says 无."""
        cases = "".join(f" WHEN {test} THEN {write(value)}" for test, value in self.entries(node))
        return f"(CASE{cases} ELSE NULL END)" if cases else "NULL"
