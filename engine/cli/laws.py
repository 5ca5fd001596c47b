"""rules check, test, fmt, explain, coverage, diff, backtest, complete."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import click

from engine import boot, clock, config
from engine.cli.asked import recorded
from engine.cli.speech import as_json, language, print_json
from engine.errors import UnknownCase
from engine.service import fold
from engine.store import eventstore, readings
from rules import pack, tools
from rules.errors import RulesError
from rules.pack import Law
from rules.tools import Misuse, Report

DAY = click.DateTime(["%Y-%m-%d"])


@click.group(name="rules")
def rules() -> None:
    """规则包：检查、测试、排版、解释、覆盖、比较、回测、补全。"""


def _answer(ask: Callable[[], Report], in_json: bool) -> None:
    """Show what a tool found; exit 0 nothing to report, 1 problems, 2 misuse."""
    try:
        report = ask()
    except Misuse as misuse:
        raise click.UsageError(str(misuse)) from misuse
    except RulesError as problem:
        click.echo(str(problem), err=True)
        raise SystemExit(1) from problem
    if in_json:
        print_json(report.data)
    else:
        click.echo(report.text)
    raise SystemExit(report.exit_code)


def _packs() -> Path:
    return config.read().packs


@rules.command()
@click.argument("packs", nargs=-1)
@click.option("--notes", is_flag=True, help="连同分析的说明一起列出")
@as_json
def check(packs: tuple[str, ...], notes: bool, in_json: bool) -> None:
    """语法、类型、引文、位阶和全部静态分析。"""
    _answer(lambda: tools.check_packs(_packs(), packs, notes=notes), in_json)


@rules.command()
@click.argument("packs", nargs=-1)
@as_json
def test(packs: tuple[str, ...], in_json: bool) -> None:
    """运行全部样例。"""
    _answer(lambda: tools.run_tests(_packs(), packs), in_json)


@rules.command()
@click.argument("packs", nargs=-1)
@click.option("--check", "only_check", is_flag=True, help="只说哪些文件要改，不改")
@as_json
def fmt(packs: tuple[str, ...], only_check: bool, in_json: bool) -> None:
    """排成规范格式。"""
    _answer(lambda: tools.format_packs(_packs(), packs, only_check=only_check), in_json)


@rules.command()
@click.argument("packs", nargs=-1)
@as_json
def coverage(packs: tuple[str, ...], in_json: bool) -> None:
    """法规的每个规范性句子落在哪条规则、流程或界面。"""
    _answer(lambda: tools.coverage_packs(_packs(), packs), in_json)


@rules.command()
@click.argument("rule")
@click.option("--jurisdiction", required=True)
@click.option("--case", "number", default=None, help="用一件案件现在的事实")
@click.option("--facts", type=click.Path(path_type=Path, exists=True), help="事实文件（JSON）")
@click.option("--law-date", type=DAY, default=None)
@click.option("--known-at", type=DAY, default=None, help="按当日已收录的规则")
@as_json
def explain(
    rule: str,
    jurisdiction: str,
    number: str | None,
    facts: Path | None,
    law_date: datetime | None,
    known_at: datetime | None,
    in_json: bool,
) -> None:
    """一条规则对给定事实的结论和理由，逐句注明条款。"""
    on, known = (each.date() if each else None for each in (law_date, known_at))

    def ask() -> Report:
        if number is not None:
            law, record, opened = _case_facts(number, jurisdiction)
        elif facts is not None:
            law = tools.load_law(_packs(), jurisdiction)
            record, opened = tools.given_facts(law, _facts_of(facts)), None
        else:
            message = "请给出 --case 案件编号，或 --facts 事实文件"
            raise Misuse(message)
        day = on or opened
        if day is None:
            message = "请用 --law-date 写明适用法的日期"
            raise Misuse(message)
        return tools.explain_rule(law, rule, record, on=day, known_at=known, lang=language())

    _answer(ask, in_json)


def _facts_of(place: Path) -> dict[str, object]:
    try:
        found = json.loads(place.read_text("utf-8"))
    except (ValueError, RecursionError) as error:  # neither UTF-8 nor JSON, or a maze
        message = f"事实文件「{place.name}」不是 JSON：{error}"
        raise Misuse(message) from error
    if not isinstance(found, dict):
        message = f'事实文件「{place.name}」应为一个对象：{{"case.ratio": "3%", …}}'
        raise Misuse(message)
    return found


def _case_facts(number: str, jurisdiction: str) -> tuple[Law, dict[str, object], date]:
    engine = boot.open_engine(config.read())
    with engine.store.read() as connection:
        row = readings.case_by_number(connection, number)
        if row is None:
            raise UnknownCase(case=number)
        if row.jurisdiction != jurisdiction:
            message = f"案件 {number} 属于辖区 {row.jurisdiction}，不是 {jurisdiction}"
            raise Misuse(message)
        records = eventstore.history(connection, row.case_id)
    version = engine.shelf.get(row.version)
    case = fold(records, version)
    return case.law(version), case.record(), clock.legal_day(case.at)


def _law_in(place: Path, jurisdiction: str) -> Law:
    """Return the law of a folder of packs; a folder without one has no law, not an empty one."""
    there = pack.jurisdictions(place)
    if jurisdiction not in there:
        listed = f"有：{'、'.join(there)}" if there else "应有含 organisation.toml 的辖区文件夹"
        message = f"「{place}」里没有辖区「{jurisdiction}」的规则包；{listed}"
        raise Misuse(message)
    return tools.load_law(place, jurisdiction)


@rules.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("new", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--jurisdiction", required=True)
@click.option("--law-date", type=DAY, required=True)
@as_json
def diff(old: Path, new: Path, jurisdiction: str, law_date: datetime, in_json: bool) -> None:
    """两个版本（规则包目录）对哪些情形结论不同，各举最小的例子。"""
    on = law_date.date()
    _answer(
        lambda: tools.diff_laws(_law_in(old, jurisdiction), _law_in(new, jurisdiction), on=on),
        in_json,
    )


@rules.command()
@click.argument("new", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--jurisdiction", required=True)
@click.option("--from", "start", type=DAY, required=True)
@click.option("--to", "end", type=DAY, required=True)
@as_json
def backtest(new: Path, jurisdiction: str, start: datetime, end: datetime, in_json: bool) -> None:
    """把新规则包用在一段时间内的案件事实上，数一数哪些结论会变。"""
    first, last = start.date(), end.date()
    _answer(
        lambda: tools.backtest_laws(
            tools.load_law(_packs(), jurisdiction),
            _law_in(new, jurisdiction),
            recorded(boot.open_engine(config.read()), jurisdiction, first, last),
        ),
        in_json,
    )


@rules.command()
@click.argument("place")
@click.option("--jurisdiction", required=True)
@as_json
def complete(place: str, jurisdiction: str, in_json: bool) -> None:
    """某个位置可以写什么：文件:行:列，例如 chaoyang/计划.md:12:5。"""

    def ask() -> Report:
        path, line, column = [*place.rsplit(":", 2), "", ""][:3]
        if not (line.isdigit() and column.isdigit()):
            message = "位置应写成 文件:行:列"
            raise Misuse(message)
        law = tools.load_law(_packs(), jurisdiction)
        return tools.complete_at(law, path, int(line), int(column))

    _answer(ask, in_json)


def attach(group: click.Group) -> None:
    group.add_command(rules)
