"""lint: every problem of a diagram with its line and element."""

from __future__ import annotations

from pathlib import Path

import click

from engine import catalogue, config, services
from engine.cli.places import known
from engine.cli.speech import as_json, language, print_json
from engine.process import publish
from engine.process.problems import Problem
from rules import pack


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--jurisdiction", default=None, callback=known, help="按哪个辖区的规则检查；缺省为全部"
)
@as_json
def lint(paths: tuple[Path, ...], jurisdiction: str | None, in_json: bool) -> None:
    """检查流程图：列出全部问题，注明文件、行号和元素。"""
    found = [problem for place in _diagrams(paths) for problem in _check(place, jurisdiction)]
    if in_json:
        print_json({"problems": [problem.record(language()) for problem in found]})
    else:
        for problem in found:
            message, hint = problem.say(language())
            shown = f"（{hint}）" if hint else ""
            click.echo(
                f"{problem.file}:{problem.line}: {problem.code} "
                f"「{problem.element}」 {message}{shown}"
            )
    raise SystemExit(1 if any(problem.severity == "error" for problem in found) else 0)


def _diagrams(paths: tuple[Path, ...]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*.bpmn")) if path.is_dir() else [path]
        if not inside:
            message = (
                f"there is no diagram (*.bpmn) in “{path}”"
                if language() == "en"
                else f"「{path}」里没有流程图（*.bpmn）；请给出流程图文件，或存放流程图的文件夹"
            )
            raise click.UsageError(message)
        found.extend(inside)
    return found


def _check(place: Path, jurisdiction: str | None) -> list[Problem]:
    settings = config.read()
    folder = place.parent.name
    known = pack.jurisdictions(settings.packs)
    wanted = [jurisdiction] if jurisdiction else [folder] if folder in known else list(known)
    problems: dict[tuple[int, str, str], Problem] = {}
    for name in wanted:
        shelf = catalogue.shipped(settings.workflows, settings.packs, name)
        names = catalogue.names(shelf.law, shelf.forms)
        for problem in publish.check(place.read_bytes(), names, file=str(place)):
            problems.setdefault((problem.line, problem.element, problem.code), problem)
    return list(problems.values())


def attach(group: click.Group) -> None:
    assert services is not None  # imported for its bindings: a name is checked against them
    group.add_command(lint)
