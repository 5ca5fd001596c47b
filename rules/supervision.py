"""What a city watches (监督): its grounds of 追责 and 免责, and by which signs each can be seen.

A pack says it in `监督.toml`. Which deadline, attempt or fact counts for which ground stands there,
and whether the system sees the ground itself, only part of it, or nothing. The decision is a rule
of the pack; no number stands in either.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.errors import PackProblems, Problem
from rules.law import Law

FILE = "监督.toml"
SEEN, ASKED, FOUND_BY_PEOPLE = "系统可见", "须人认定", "由人发现"
STANDINGS = (SEEN, ASKED, FOUND_BY_PEOPLE)
KINDS = (
    "missed",
    "refused",
    "silent",
    "verdict",
    "fact",
    "childless",
    "pending",
    "undrawn",
    "unlisted",
    "repeated",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One way a ground shows in recorded history; an empty list does not narrow anything."""

    kind: str
    processes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    condition: str = ""
    parent: str = ""  # the process of the case above
    child: str = ""
    lacks: str = ""  # the field that would have answered the clock of `rules`
    starts: str = ""  # the field that starts the clock of `rules`, for what was never opened
    given: Mapping[str, str] = field(default_factory=dict)
    says: str = ""
    count: str = ""  # the count this sign feeds, in the rule that decides
    question: str = ""  # what only a person can find out where this sign shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A ground of accountability: 有下列情形之一的，应当被追责."""

    code: str
    ground: str  # the word of the form
    name: str
    standing: str
    facts: tuple[str, ...]  # what the case of 追责 asserts once a person has confirmed it
    rule: str = ""  # who decides whether what was seen is a lead
    question: str = ""
    signs: tuple[Sign, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A ground of exemption, and what the record can say to it."""

    code: str
    ground: str
    name: str
    standing: str
    facts: tuple[str, ...]
    rule: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Everything a city watches; one without 监督.toml watches nothing."""

    branches: tuple[Branch, ...] = ()
    grounds: tuple[Ground, ...] = ()
    duty: Mapping[str, tuple[str, ...]]  # count → the deadline rules whose misses it counts
    pairs_rule: str = ""
    discretion: str = ""  # what stays with whoever decides

    def branch(self, code: str) -> Branch | None:
        return next((each for each in self.branches if each.code == code), None)


NOTHING = Watch(duty={})


def of(law: Law) -> Watch:
    """Return what a jurisdiction watches."""
    path = f"{law.jurisdiction}/{FILE}"
    content = law.files.get(path)
    return NOTHING if content is None else load(content, path)


def load(content: bytes, file: str) -> Watch:
    """Read 监督.toml; raises PackProblems naming every wrong entry."""
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackProblems([_problem(file, f"不是有效的 TOML：{error}")]) from error
    wrong: list[Problem] = []
    watch = Watch(
        branches=tuple(_each(table, "branch", _branch, file, wrong)),
        grounds=tuple(_each(table, "exemption", _ground, file, wrong)),
        duty={name: tuple(rules) for name, rules in table.get("duty", {}).items()},
        pairs_rule=str(table.get("pairs", {}).get("rule", "")),
        discretion=str(table.get("discretion", "")),
    )
    if wrong:
        raise PackProblems(wrong)
    return watch


def _each(
    table: Mapping[str, Any], section: str, make: Any, file: str, wrong: list[Problem]
) -> Iterator[Any]:
    for entry in table.get(section, []):
        try:
            yield make(entry)
        except (TypeError, KeyError) as error:
            code = entry.get("code", "?")
            wrong.append(_problem(file, f"{section}“{code}”写得不全或多写了：{error}"))


def _branch(entry: Mapping[str, Any]) -> Branch:
    values = dict(entry)
    values["signs"] = tuple(_sign(each) for each in values.pop("sign", ()))
    return Branch(**{name: _frozen(value) for name, value in values.items()})


def _ground(entry: Mapping[str, Any]) -> Ground:
    return Ground(**{name: _frozen(value) for name, value in entry.items()})


def _sign(entry: Mapping[str, Any]) -> Sign:
    return Sign(**{name: _frozen(value) for name, value in entry.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def problems(law: Law) -> Iterator[Problem]:
    """Yield what 监督.toml says that the pack does not know."""
    file = f"{law.jurisdiction}/{FILE}"
    watch = of(law)
    for branch in watch.branches:
        yield from _unknown_standing(file, branch.code, branch.standing, branch.question)
        named = (branch.rule, *(rule for sign in branch.signs for rule in sign.rules))
        yield from _unknown_rules(law, file, branch.code, named)
        for sign in branch.signs:
            if sign.kind not in KINDS:
                yield _problem(file, f"“{branch.code}”的迹象种类“{sign.kind}”不存在")
            if sign.condition:
                yield from _broken(law, file, branch.code, sign.condition)
    for ground in watch.grounds:
        yield from _unknown_standing(file, ground.code, ground.standing, ground.question)
        yield from _unknown_rules(law, file, ground.code, (ground.rule,))
    counted = tuple(rule for rules in watch.duty.values() for rule in rules)
    yield from _unknown_rules(law, file, "duty", (*counted, watch.pairs_rule))


def _unknown_standing(file: str, code: str, standing: str, question: str) -> Iterator[Problem]:
    if standing not in STANDINGS:
        yield _problem(file, f"“{code}”的 standing 应为 {'、'.join(STANDINGS)} 之一")
    if standing == ASKED and not question:
        yield _problem(file, f"“{code}”须由人认定，却没有写明要认定什么（question）")


def _unknown_rules(law: Law, file: str, code: str, names: tuple[str, ...]) -> Iterator[Problem]:
    for name in names:
        if name and not law.has_rule(name):
            yield _problem(file, f"“{code}”的规则“{name}”不存在")


def _broken(law: Law, file: str, code: str, condition: str) -> Iterator[Problem]:
    try:
        law.condition(condition)
    except PackProblems as error:
        for problem in error.problems:
            yield _problem(file, f"“{code}”的条件“{condition}”：{problem.message}")


def _problem(file: str, message: str) -> Problem:
    return Problem(file=file, line=1, column=1, code="supervision", message=message, hint="")
