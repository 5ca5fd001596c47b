"""Conditions and verdicts as SQL over many rows: the third back-end, for SQLite and PostgreSQL.

SQL's NULL logic is Kleene's, so nothing is rewritten. Ratios are integer numerators over integer
denominators and are compared by cross-multiplication; keep them below 2^31 in SQLite, whose
integers turn into floats beyond 2^63. A set is a column of JSON arrays of words. An act 未发生 has
no SQL form: its column is NULL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Final, Literal

from rules.calendar import ONE_DAY, Calendar
from rules.errors import RulesError
from rules.language import core as c
from rules.language.answer import decide_plan
from rules.language.decision import Truth
from rules.language.plan import Plan
from rules.language.sqlgen import SqlWriter
from rules.verdict import Verdict

if TYPE_CHECKING:
    from rules.language.condition import Condition
    from rules.law import Law

Dialect = Literal["sqlite", "postgresql"]
Column = str | tuple[str, str]  # an expression, or (numerator, denominator) of a ratio
MOST_TRUTHS: Final = 7  # 3^7 = 2,187 cases of one CASE expression
CALENDAR: Final = "working_days"


class NotSetwise(RulesError):
    """A condition has no SQL form: a column is missing, or it has too many exceptions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One SQL expression with its named parameters (`:r0` …); its value is 1, 0 or NULL."""

    text: str
    parameters: Mapping[str, str | int]


def condition(
    law: Law,
    what: Condition | c.Core,
    columns: Mapping[str, Column],
    *,
    dialect: Dialect,
    on: date,
    calendar_table: str = CALENDAR,
) -> Query:
    """Compile a condition to one SQL expression over the given columns."""
    core = what if not hasattr(what, "core") else what.core
    writer = _writer(law, columns, dialect, on, calendar_table)
    return Query(text=f"CAST({writer.truth(core)} AS INTEGER)", parameters=writer.parameters)


def verdict(
    law: Law,
    rule: str,
    columns: Mapping[str, Column],
    *,
    dialect: Dialect,
    on: date,
    calendar_table: str = CALENDAR,
) -> Query:
    """Compile a rule with its exceptions to an SQL expression whose value is the verdict word.

    The truth of every condition becomes one ternary digit; the CASE over their number is made by
    the same function that decides single cases."""
    words = {word: f"'{word.value}'" for word in Verdict}
    return _decided(law, rule, columns, words, dialect, on, calendar_table)


def excluded(
    law: Law,
    rule: str,
    columns: Mapping[str, Column],
    *,
    dialect: Dialect,
    on: date,
    calendar_table: str = CALENDAR,
) -> Query:
    """Compile a rule to 1 where it is broken (违反, 偏离, 冲突), 0 where not, NULL where 待查."""
    words = dict.fromkeys(Verdict, "0")
    words |= dict.fromkeys((Verdict.BREACH, Verdict.DEVIATION, Verdict.CONFLICT), "1")
    words[Verdict.UNDETERMINED] = "NULL"
    return _decided(law, rule, columns, words, dialect, on, calendar_table)


def _decided(
    law: Law,
    rule: str,
    columns: Mapping[str, Column],
    words: Mapping[Verdict, str],
    dialect: Dialect,
    on: date,
    calendar_table: str,
) -> Query:
    plan = law.executor.plan(rule, on)
    if plan is None:
        return Query(text=words[Verdict.NOT_APPLICABLE], parameters={})
    numbered = [node for node in (*plan.conditions, *plan.conclusions) if node is not None]
    if len(numbered) > MOST_TRUTHS:
        raise NotSetwise(f"“{rule}”有 {len(numbered)} 个条件，超过 {MOST_TRUTHS} 个")
    writer = _writer(law, columns, dialect, on, calendar_table)
    digits = [
        f"COALESCE(CAST({writer.truth(node)} AS INTEGER), 2) * {3**index}"
        for index, node in enumerate(numbered)
    ]
    answers = [(code, words[word]) for code, word in _codes(plan)]
    otherwise = Counter(answer for _, answer in answers).most_common(1)[0][0]
    cases = "".join(f"WHEN {n} THEN {answer} " for n, answer in answers if answer != otherwise)
    if not cases:  # whatever the conditions say; a CASE needs a WHEN
        return Query(text=otherwise, parameters={})
    text = f"CASE {' + '.join(digits)} {cases}ELSE {otherwise} END"
    return Query(text=text, parameters=writer.parameters)


def calendar_rows(calendar: Calendar) -> Iterator[dict[str, str | int]]:
    """Yield the rows of the calendar table: day, whether people work, and a running count.

    Blocks of published years are separated by a jump in the count, so that no deadline crosses a
    year that is not published; the days beside a block can still start one."""
    gap = last = 0
    before: date | None = None
    for day, works, count in calendar.working_days():
        if before is None or (day - before).days > 1:
            if before is not None:
                yield _edge(before + ONE_DAY, gap + count - int(works))
            gap += 100_000
            yield _edge(day - ONE_DAY, gap + count - int(works))
        yield {"day": day.isoformat(), "works": int(works), "seq": gap + count}
        before, last = day, gap + count
    if before is not None:  # a calendar without any year has no edge
        yield _edge(before + ONE_DAY, last)


def _edge(day: date, seq: int) -> dict[str, str | int]:
    return {"day": day.isoformat(), "works": 0, "seq": seq}


def _writer(
    law: Law, columns: Mapping[str, Column], dialect: Dialect, on: date, table: str
) -> SqlWriter:
    derived: dict[str, tuple[c.Core, bool]] = {}
    for path, names in law.program.deemed_by.items():
        plans = [plan for name in names if (plan := law.executor.plan(name, on)) is not None]
        if path not in columns and all(len(plan.members) == 1 for plan in plans):
            items = tuple(plan.conditions[0] or c.And(items=()) for plan in plans)
            derived[path] = c.Or(items=items), law.executor.closed(path)
    return SqlWriter(
        columns=columns,
        derived=derived,
        parameter=law.executor.parameters(on),
        names=law.program.names,
        dialect=dialect,
        calendar_table=table,
    )


def _codes(plan: Plan) -> Iterator[tuple[int, Verdict]]:
    nodes = [*plan.conditions, *plan.conclusions]
    places = [index for index, node in enumerate(nodes) if node is not None]
    split = len(plan.conditions)
    choices: tuple[Truth, ...] = (False, True, None)
    for digits in product((0, 1, 2), repeat=len(places)):
        truths: list[Truth] = [True] * split + [None] * (len(nodes) - split)
        for place, digit in zip(places, digits, strict=True):
            truths[place] = choices[digit]
        decision = decide_plan(plan, tuple(truths[:split]), tuple(truths[split:]))
        yield sum(digit * 3**index for index, digit in enumerate(digits)), decision.verdict
