"""The verbs of `ssj rules` over whole packs: data, a text for people, an exit code.

Exit codes: 0 nothing to report, 1 problems found, 2 misuse (raised as Misuse)."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path

from rules.errors import PackProblems, Problem
from rules.facts import JSON
from rules.language import consequences
from rules.language.analyse import analyse
from rules.language.check import check
from rules.language.coverage import coverage, read_register
from rules.language.examples import EARLIEST, ExampleResult, run_examples
from rules.language.finding import Finding
from rules.language.format import format_text
from rules.pack import examine, jurisdictions, read_files
from rules.questions import (
    backtest_laws,
    complete_at,
    diff_laws,
    explain_rule,
    given_facts,
)
from rules.report import PACKS, Misuse, Report, load_law

__all__ = [
    "PACKS",
    "Misuse",
    "Report",
    "analyse_packs",
    "backtest_laws",
    "check_packs",
    "complete_at",
    "coverage_packs",
    "diff_laws",
    "explain_rule",
    "format_packs",
    "given_facts",
    "load_law",
    "main",
    "run_tests",
]


def check_packs(
    root: Path = PACKS, names: Sequence[str] = (), *, on: date | None = None, notes: bool = False
) -> Report:
    """Parse, type-check, cite-check and analyse packs (all of them when none is named).

    The analyses look at one law date, by default the newest; their notes are shown on request. In
    a pack with errors only what they call an error is told: the rest may follow from the errors."""
    problems: list[Problem] = []
    findings: list[Finding] = []
    for name in _chosen(root, names):
        law, found = examine(read_files(root, name), name)
        problems += found
        problems += consequences.told(check(law), law.program.lost)
        is_sound = all(problem.severity != "error" for problem in problems)
        proved = analyse(law, on or max(law.program.changes, default=EARLIEST))
        findings += [item for item in proved if is_sound or item.severity == "error"]
    problems += [item.as_problem() for item in findings if item.severity != "note"]
    remarks = [item for item in findings if item.severity == "note"]
    unique = tuple(sorted(set(problems)))
    errors = sum(problem.severity == "error" for problem in unique)
    lines = [_line(problem) for problem in unique]
    lines += [f"（说明）{item}" for item in remarks if notes]
    lines.append(f"{errors} 个错误，{len(unique) - errors} 个提醒，{len(remarks)} 条说明")
    return Report(
        data={
            "problems": [problem.as_json() for problem in unique],
            "notes": [asdict(item) for item in remarks],
        },
        text="\n".join(lines),
        exit_code=1 if errors else 0,
    )


def run_tests(root: Path = PACKS, names: Sequence[str] = ()) -> Report:
    """Run every 样例."""
    results: list[ExampleResult] = []
    problems: list[Problem] = []
    for name in _chosen(root, names):
        law = load_law(root, name)
        run, unreadable = run_examples(law)
        results += run
        problems += unreadable
    failed = [result for result in results if not result.passed]
    lines = [_line(problem) for problem in problems]
    lines += [
        f"{r.file}：第{r.line}行：{r.rule}“{r.name}”应得 {r.expected}，实得 {r.got}"
        + (f"（缺：{'、'.join(r.missing)}）" if r.missing else "")
        for r in failed
    ]
    lines.append(f"样例 {len(results)} 个，通过 {len(results) - len(failed)} 个")
    return Report(
        data={
            "examples": len(results),
            "failed": [asdict(result) for result in failed],
            "problems": [problem.as_json() for problem in problems],
        },
        text="\n".join(lines),
        exit_code=1 if failed or problems else 0,
    )


def format_packs(
    root: Path = PACKS, names: Sequence[str] = (), *, only_check: bool = False
) -> Report:
    """Bring pack files into canonical form; with `only_check` say which are not."""
    changed: list[str] = []
    problems: list[Problem] = []
    for name in _chosen(root, names):
        law = load_law(root, name)
        for path in sorted(law.files):
            if not path.endswith((".md", ".规则")) or "/sources/" in path or path in changed:
                continue
            text = law.files[path].decode("utf-8")
            try:
                formatted = format_text(text, path, law.vocabulary)
            except PackProblems as error:
                problems += error.problems
                continue
            if formatted != text:
                changed.append(path)
                if not only_check:
                    (root / path).write_text(formatted, encoding="utf-8")
    verb = "需要整理" if only_check else "已整理"
    lines = [f"{verb}：{path}" for path in changed] + [_line(problem) for problem in problems]
    return Report(
        data={"changed": changed, "problems": [problem.as_json() for problem in problems]},
        text="\n".join(lines) or "都是规范格式",
        exit_code=1 if problems or (only_check and changed) else 0,
    )


def coverage_packs(root: Path = PACKS, names: Sequence[str] = ()) -> Report:
    """Map the law onto the rules; exit 1 while a normative sentence is not yet covered."""
    lines: list[str] = []
    documents: dict[str, JSON] = {}
    not_yet = 0
    open_sentences: list[str] = []
    for name in _chosen(root, names):
        law = load_law(root, name)
        path = root / "register" / "clauses.toml"
        register = read_register(path.read_bytes(), name) if path.is_file() else None
        found = coverage(law, register)
        not_yet += found.not_yet
        missing = [each for each in found.sentences if each.open]
        open_sentences += [f"{s.document} {s.clause}：{s.text}（{s.where}）" for s in missing]
        for document in dict.fromkeys(sentence.document for sentence in found.sentences):
            touched, total = found.touched(document)
            own = [each for each in found.sentences if each.document == document]
            documents[document] = {
                "touched": touched,
                "normative": total,
                "sentences": [asdict(each) | {"where": each.where} for each in own],
            }
            lines.append(f"{document}：{total} 个规范性句子，{touched} 个已落实")
            lines += [f"  {each.clause}“{each.text}” → {each.where}" for each in own]
        lines += [
            f"  无原文，待法制核对：{rule} 依据 {document} {clause}".rstrip()
            for rule, document, clause in found.without_text
        ]
    lines.append(f"尚未落实 {not_yet} 个句子")
    lines += [f"  {sentence}" for sentence in open_sentences]
    return Report(
        data={"not_yet": not_yet, "documents": documents},
        text="\n".join(lines),
        exit_code=1 if not_yet else 0,
    )


def analyse_packs(root: Path = PACKS, names: Sequence[str] = (), *, on: date) -> Report:
    """Prove what can be proved: conflicts, gaps, overlaps, dead text, empty intervals."""
    found = [f for name in _chosen(root, names) for f in analyse(load_law(root, name), on)]
    words = {"error": "错误", "warning": "提醒", "note": "说明"}
    return Report(
        data={"findings": [asdict(item) for item in found]},
        text="\n".join(f"（{words[item.severity]}）{item}" for item in found),
        exit_code=1 if any(item.severity == "error" for item in found) else 0,
    )


def _chosen(root: Path, names: Sequence[str]) -> tuple[str, ...]:
    known = jurisdictions(root)
    for name in names:
        if name not in known:
            raise Misuse(f"没有规则包“{name}”；有：{'、'.join(known)} / no such pack")
    return tuple(names) or known


def _line(problem: Problem) -> str:
    return str(problem) if problem.severity == "error" else f"（提醒）{problem}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb from the command line: `python -m rules.tools check chaoyang`."""
    parser = argparse.ArgumentParser(prog="rules")
    parser.add_argument("verb", choices=("check", "test", "fmt", "coverage"))
    parser.add_argument("packs", nargs="*")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="store_true", help="fmt: only say what would change")
    given = parser.parse_intermixed_args(arguments)
    verbs = {"check": check_packs, "test": run_tests, "coverage": coverage_packs}
    verb = verbs.get(given.verb, partial(format_packs, only_check=given.check))
    try:
        report = verb(PACKS, given.packs)
    except Misuse as error:
        sys.stderr.write(f"{error}\n")
        return 2
    shown = json.dumps(report.data, ensure_ascii=False, indent=1) if given.json else report.text
    sys.stdout.write(shown + "\n")
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
