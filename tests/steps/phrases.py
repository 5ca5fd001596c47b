"""How a step is written: `办理「{task}」`, where a gap never swallows a quotation mark."""

from __future__ import annotations

import re
from typing import Any

from pytest_bdd import parsers

GAP = re.compile(r"\{(?P<name>\w+)(?::(?P<kind>\w+))?\}")
KINDS = {None: "[^「」]+?", "d": r"\d+", "day": r"\d{4}-\d\d-\d\d", "any": ".+"}


class Phrase(parsers.StepParser):
    """A step's words: {name} a word or two, {n:d} a number, {x:day} a date, {x:any} anything."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.numbers: set[str] = set()
        self.regex = re.compile(self._pattern(text))

    def _pattern(self, text: str) -> str:
        parts: list[str] = []
        last = 0
        for gap in GAP.finditer(text):
            parts.append(re.escape(text[last : gap.start()]))
            parts.append(f"(?P<{gap['name']}>{KINDS[gap['kind']]})")
            if gap["kind"] == "d":
                self.numbers.add(gap["name"])
            last = gap.end()
        return "".join([*parts, re.escape(text[last:])])

    def is_matching(self, name: str) -> bool:
        return self.regex.fullmatch(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Any]:
        found = self.regex.fullmatch(name)
        said = found.groupdict() if found else {}
        return {gap: int(text) if gap in self.numbers else text for gap, text in said.items()}


phrase = Phrase
