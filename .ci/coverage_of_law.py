"""Print every row of the clause register with its scenarios, rules, diagrams and status.

Exit 1 when a hard (H) or soft (S) row that the product answers today has no scenario; rows whose
work comes later say so in the register (`later`) and are shown as such.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REGISTER = Path("rules/packs/register/clauses.toml")
FEATURES = Path("features")
SCENARIO = re.compile(r"^\s*(?:场景大纲|场景)[:：]\s*(?P<name>.+?)\s*$")
TAGS = re.compile(r"@([\w.-]+)")
BINDING = {"H", "S"}
PLACES = {"rule": "规则", "diagram": "流程", "screen": "页面", "record": "记录", "open": "未做"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement of a regulation and what answers it."""

    clause: str
    number: str
    strength: tuple[str, ...]
    quote: str
    works: tuple[str, ...]
    later: str
    scenarios: tuple[str, ...]

    @property
    def is_uncovered(self) -> bool:
        return bool(BINDING & set(self.strength)) and not self.scenarios and not self.later

    @property
    def status(self) -> str:
        if self.is_uncovered:
            return "缺场景"
        if self.later:
            return f"以后：{self.later}"
        if not BINDING & set(self.strength):
            return "只作记录" if "R" in self.strength else "接口"
        return "已落实"

    def of(self, kind: str) -> tuple[str, ...]:
        return tuple(
            place.partition(":")[2] for place in self.works if place.startswith(f"{kind}:")
        )


def rows(root: Path) -> tuple[Row, ...]:
    """Return the register's rows in its order, each with the scenarios tagged for it."""
    told = scenarios(root)
    clauses: list[dict[str, Any]] = tomllib.loads((root / REGISTER).read_text("utf-8"))["clause"]
    return tuple(_row(clause, told) for clause in clauses)


def _row(clause: Mapping[str, Any], told: Mapping[str, list[str]]) -> Row:
    return Row(
        clause=clause["id"],
        number=f"{clause['document']} {clause['number']}",
        strength=tuple(clause["strength"]),
        quote=clause["quote"],
        works=tuple(clause["works"]),
        later=clause.get("later", ""),
        scenarios=tuple(told.get(clause["id"], ())),
    )


def scenarios(root: Path) -> dict[str, list[str]]:
    """Return tag → scenarios; a tag above the examples of an outline belongs to that outline."""
    found: dict[str, list[str]] = defaultdict(list)
    for place in sorted((root / FEATURES).glob("*.feature")):
        for tag, name in _tagged(place.read_text("utf-8").splitlines()):
            told = f"{place.stem}：{name}"
            if told not in found[tag]:
                found[tag].append(told)
    return dict(found)


def _tagged(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    waiting: list[str] = []
    current = ""
    for line in lines:
        named = SCENARIO.match(line)
        if line.lstrip().startswith("@"):
            waiting += TAGS.findall(line)
        elif named or line.lstrip().startswith(("例子", "功能")):
            current = named["name"] if named else current
            yield from ((tag, current) for tag in waiting)
            waiting = []


def unknown_tags(root: Path, known: Iterable[str]) -> list[str]:
    """Return tags of scenarios that name no row."""
    return sorted(set(scenarios(root)) - set(known))


def told(row: Row) -> str:
    """Return one row as the lines that are printed."""
    head = f"{row.clause} [{''.join(row.strength)}] {row.number} {row.status}"
    lines = [head, f"  「{row.quote}」"]
    lines += [
        f"  {word}：{'、'.join(row.of(kind))}" for kind, word in PLACES.items() if row.of(kind)
    ]
    lines += [f"  场景：{name}" for name in row.scenarios]
    return "\n".join(lines)


def main() -> int:
    listed = rows(ROOT)
    counted = Counter(row.status.partition("：")[0] for row in listed)
    uncovered = [row.clause for row in listed if row.is_uncovered]
    lines = [told(row) for row in listed]
    lines.append("——")
    lines.append(f"{len(listed)} 行：" + "，".join(f"{word} {n}" for word, n in counted.items()))
    if uncovered:
        lines.append(f"没有场景：{'、'.join(uncovered)}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if uncovered else 0


if __name__ == "__main__":
    sys.exit(main())
