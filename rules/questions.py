"""The verbs of `ssj rules` that ask a law: explain, diff, backtest, complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime

from rules.facts import JSON
from rules.language.complete import complete
from rules.language.diff import Recorded, backtest, semantic_diff
from rules.language.explain import sentences
from rules.language.messages import did_you_mean
from rules.language.trace import trace
from rules.pack import Law, as_known
from rules.report import Misuse, Report


def explain_rule(
    law: Law,
    rule: str,
    record: Mapping[str, JSON],
    *,
    on: date,
    now: datetime | None = None,
    known_at: date | None = None,
    lang: str = "zh",
) -> Report:
    """Assess one rule on given facts, as the law was known on a day; the data is the trace."""
    if known_at is not None:
        law = as_known(law, known_at)
    if not law.has_rule(rule):
        raise Misuse(f"没有名为“{rule}”的规则 / no such rule")
    answer = law.assess(rule, law.facts(record), on=on, now=now)
    return Report(
        data=trace(law, answer),
        text=sentences(law, answer, lang),
        exit_code=1 if answer.verdict.blocks else 0,
    )


def given_facts(law: Law, record: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return facts a person wrote down by origin, or by the term; raises Misuse for neither.

    A misspelt fact would otherwise be an unknown one, and the answer 待查 without a reason."""
    terms = law.program.names.terms
    keys = {term.key for term in terms.values() if term.key is not None}
    found: dict[str, JSON] = {}
    for name, value in record.items():
        path = law.program.names.canonical(name)
        if path in terms:
            found[terms[path].key or path] = value
        elif name.split("@", 1)[0] in keys:
            found[name] = value
        else:
            hint = did_you_mean(name, (*terms, *keys))
            raise Misuse(f"没有“{name}”这项事实；{hint or '请写词（事项的类别）或它的来源'}")
    return found


def diff_laws(old: Law, new: Law, *, on: date) -> Report:
    """Say which cases two versions judge differently, with a smallest case for each."""
    changes = semantic_diff(old, new, on)
    return Report(
        data={"changes": [asdict(change) for change in changes]},
        text="\n".join(map(str, changes)) or "没有结论会改变",
        exit_code=1 if changes else 0,
    )


def backtest_laws(old: Law, new: Law, records: Iterable[Recorded]) -> Report:
    """Ask two versions about recorded facts and count what changes."""
    found = backtest(old, new, records)
    lines = [
        f"{rule}：{before} → {after}，{number} 件"
        for (rule, before, after), number in sorted(found.counts.items())
    ]
    lines.append(f"共 {found.asked} 件，{len(found.changed)} 件结论改变")
    return Report(
        data={"asked": found.asked, "changed": [list(item) for item in found.changed]},
        text="\n".join(lines),
        exit_code=1 if found.changed else 0,
    )


def complete_at(law: Law, path: str, line: int, column: int) -> Report:
    """List what may stand at a position of a pack file."""
    content = law.files.get(path)
    if content is None:
        raise Misuse(f"没有文件“{path}” / no such file")
    found = complete(law, content.decode("utf-8"), line, column, file=path)
    return Report(
        data={"suggestions": [asdict(item) for item in found]},
        text="\n".join(f"{item.text}  {item.detail}".rstrip() for item in found),
    )
