"""All problems of a diagram in one run, before any library code sees it.

Several faults hang or recurse inside the library's parser, and its refusals carry no line; so the
linter judges the XML tree itself. A first drawing is ordinarily refused for a dozen reasons, which
is why each is told at once.
"""

from __future__ import annotations

from engine.process import elements, naming, soundness, structure
from engine.process.errors import BadDiagram
from engine.process.graph import Report
from engine.process.naming import Names
from engine.process.parser import BPMN, local
from engine.process.problems import Problem, in_order, problem
from engine.process.source import Source, read

__all__ = ["Names", "problems"]

MOST = 200  # listed at once


def problems(source: bytes, names: Names, *, file: str = "") -> tuple[Problem, ...]:
    """Return everything wrong with a diagram, by line; none means it may be tried."""
    try:
        return judge(read(source, file=file), names)
    except BadDiagram as unreadable:
        return unreadable.problems


def judge(source: Source, names: Names) -> tuple[Problem, ...]:
    """Judge a diagram that was read."""
    report = Report(source=source)
    if source.root.tag != f"{{{BPMN}}}definitions":
        report.add("not-bpmn", source.root, found=local(source.root))
        return in_order(report.found)
    elements.check(report)
    processes = [e for e in source.root if local(e) == "process"]
    if len(processes) != 1:
        report.add("process-one", source.root, found=len(processes))
    for process in processes[:1]:
        structure.check(report, process)
        naming.check(report, process, names)
        if not any(found.severity == "error" for found in report.found):
            soundness.check(report, process)
    return _capped(in_order(report.found), source)


def _capped(found: tuple[Problem, ...], source: Source) -> tuple[Problem, ...]:
    if len(found) <= MOST:
        return found
    last, more = found[MOST - 1], len(found) - MOST
    rest = problem(
        "too-many-problems", file=source.file, line=last.line, element=last.element, count=more
    )
    return (*found[:MOST], rest)
