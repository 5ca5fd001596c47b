"""The verbs of `ssj rules`: each returns data, with a text rendering and an exit code.

Exit codes: 0 nothing to report, 1 problems found, 2 misuse (raised as Misuse)."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rules.errors import Problem, RulesError
from rules.language.check import check
from rules.language.examples import ExampleResult, run_examples
from rules.pack import Law, examine, jurisdictions, read_files

PACKS = Path(__file__).parent / "packs"


class Misuse(RulesError):
    """The caller asked for something that is not there."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a verb found: `data` for --json, `text` for people."""

    data: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    exit_code: int = 0


def check_packs(root: Path = PACKS, names: Sequence[str] = ()) -> Report:
    """Parse, type-check, cite-check and analyse packs (all of them when none is named)."""
    problems: list[Problem] = []
    for name in _chosen(root, names):
        law, found = examine(read_files(root, name), name)
        problems += found
        if law is not None:
            problems += check(law)
    unique = tuple(sorted(set(problems)))
    errors = sum(problem.severity == "error" for problem in unique)
    lines = [_line(problem) for problem in unique]
    lines.append(f"{errors} 个错误，{len(unique) - errors} 个提醒")
    return Report(
        data={"problems": [problem.as_json() for problem in unique]},
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


def load_law(root: Path, name: str) -> Law:
    """Load a pack as far as possible; the problems are the business of `check_packs`."""
    law, problems = examine(read_files(root, name), name)
    if law is None:
        raise Misuse("\n".join(map(str, problems)))
    return law


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
    parser.add_argument("verb", choices=("check", "test"))
    parser.add_argument("packs", nargs="*")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    verb = {"check": check_packs, "test": run_tests}[given.verb]
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
