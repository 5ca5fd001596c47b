"""Messages of bad rule files: the file and what must be said about it stand in one place.

Each golden file holds rules in ```规则 fences and the expected messages in one ```应报 fence.
```文件 fences are other files of the pack: `重复 N` repeats the text, `编码 X` stores it in another
encoding; ```条件 fences are conditions of a diagram. A file named 分析… is analysed as well. To
accept new messages after reading them: SSJ_ACCEPT=1 pytest tests/rules/test_messages.py."""

from __future__ import annotations

import ast
import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import rules
from rules.errors import PackProblems, Problem
from rules.language.analyse import analyse
from rules.language.check import check
from rules.pack import examine
from tests.rules.city import SOURCE, TODAY, city, files

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(GOLDEN.glob("*.md"))
EXPECTED = re.compile(r"```应报\n(.*?)^```", re.DOTALL | re.MULTILINE)
OTHER = re.compile(r"```文件 (\S+)(?: 重复 (\d+))?(?: 编码 (\S+))?\n(.*?)```\n", re.DOTALL)
CONDITION = re.compile(r"```条件\n(.*?)```\n", re.DOTALL)
# the functions that make a problem, and which of their arguments are words of a message
MAKERS = {"_wrong", "_fail", "_plain", "_problem", "_at", "Refusal", "BadText", "finding"}
OWN_FILES = {"almanac.py", "supervision.py"}  # read texts of their own, tested beside them
CODE = re.compile(r"[a-z]+(-[a-z]+)*")


def others(text: str) -> dict[str, bytes]:
    """Return the other files a golden file writes down."""
    return {
        found[1]: (found[4] * int(found[2] or 1)).encode(found[3] or "utf-8")
        for found in OTHER.finditer(text)
    }


@cache
def problems(path: Path) -> tuple[Problem, ...]:
    """Return every error, warning and (of an analysed file) finding about a golden file."""
    text = path.read_text(encoding="utf-8")
    own = OTHER.sub(lambda found: "\n" * found[0].count("\n"), EXPECTED.sub("", text))
    pack = files("")
    del pack["xugou/规则.md"]
    more = others(text)
    given = {
        **pack,
        "xugou/sources/XG.txt": SOURCE.encode(),
        **more,
        "xugou/本文件.md": own.encode(),
    }
    law, found = examine(given, "xugou")
    said = list(found)
    said += check(law)
    if path.stem.startswith("分析"):
        said += [item.as_problem() for item in analyse(law, TODAY)]
    for number, found_condition in enumerate(CONDITION.finditer(text), 1):
        said += refused(found_condition[1].removesuffix("\n"), f"条件 {number}")
    mine = {"xugou/本文件.md", *more, "条件 1", "条件 2", "条件 3", "条件 4"}
    return tuple(sorted({problem for problem in said if problem.file in mine}))


def refused(condition: str, name: str) -> list[Problem]:
    """Return why a gateway condition is not accepted."""
    with pytest.raises(PackProblems) as caught:
        city().condition(condition)
    return [replace(problem, file=name) for problem in caught.value.problems]


def line(problem: Problem) -> str:
    mark = {"error": "", "warning": "（提醒）"}[problem.severity]
    return f"{mark}{str(problem).removeprefix('xugou/本文件.md：')}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_error_is_said_in_one_line_with_its_place(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    said = [line(problem) for problem in problems(path)]
    if os.environ.get("SSJ_ACCEPT"):
        block = "```应报\n" + "\n".join(said) + "\n```"
        path.write_text(EXPECTED.sub(lambda _: block, text), encoding="utf-8")
        return
    expected = EXPECTED.search(text)
    assert expected is not None
    assert said == expected.group(1).strip("\n").split("\n")
    assert all("\n" not in message for message in said)


def codes_in(source: str) -> set[str]:
    """Return the codes of the problems a module can make."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        given = (
            [word.value for word in node.keywords if word.arg == "code"]
            if (name == "Problem")
            else list(node.args)
            if name in MAKERS
            else []
        )
        for value in given:
            if isinstance(value, ast.Constant) and CODE.fullmatch(str(value.value)):
                found.add(str(value.value))
                break
    return found


def test_every_code_of_the_source_has_a_golden_file() -> None:
    folder = Path(rules.__file__).parent
    modules = [path for path in folder.rglob("*.py") if path.name not in OWN_FILES]
    made = {code for path in modules for code in codes_in(path.read_text(encoding="utf-8"))}
    shown = {problem.code for path in CASES for problem in problems(path)}
    assert made - shown == set()
    assert len(made) > 40
