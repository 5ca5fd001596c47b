"""audit, export, rebuild: replaying cases, handing them out, mending what follows from them."""

from __future__ import annotations

from pathlib import Path

import click

from engine import auditing, boot, bundle, config
from engine.audit import Audit
from engine.cli import whole
from engine.cli.speech import as_json, language, print_json, say
from engine.errors import ProductError, UnknownCase
from engine.rebuilding import Rebuilt, rebuild_case
from engine.service import Engine
from engine.store import eventstore, readings
from engine.store.readings import CaseRow

PROGRESS = 200  # cases between two notes of progress


@click.command(name="audit")
@click.argument("what", required=False)
@click.option("--all", "every", is_flag=True, help="审计所有案件")
@as_json
def audit_cases(what: str | None, every: bool, in_json: bool) -> None:
    """重放案件并重新计算：案件编号、--all，或审计包（zip 文件，不需要数据库）。"""
    if bool(what) == every:
        message = "请给出一个案件编号或审计包，或用 --all"
        raise click.UsageError(message)
    if what and Path(what).is_file():
        found = [bundle.audit_file(Path(what).read_bytes())]
    else:
        found = _audited(boot.open_engine(config.read()), what)
    _report(found, in_json)


def _audited(engine: Engine, number: str | None) -> list[Audit]:
    if number is None:
        return list(auditing.audit_every(engine))
    found = auditing.audit_number(engine, number)
    if found is None:
        raise UnknownCase(case=number)
    return [found]


def _rows(engine: Engine, number: str | None) -> list[CaseRow]:
    with engine.store.read() as connection:
        if number is None:
            return list(readings.every_case(connection))
        row = readings.case_by_number(connection, number)
    if row is None:
        raise UnknownCase(case=number)
    return [row]


def _report(found: list[Audit], in_json: bool) -> None:
    broken = [one for one in found if not one.is_clean]
    cases = [one for one in found if one.number]  # what is of no case has no number
    if in_json:
        print_json(
            {
                "cases": len(cases),
                "events": sum(one.events for one in cases),
                "discrepancies": [
                    {"case": one.number, "seq": d.seq, "sentence": d.sentence(language())}
                    for one in broken
                    for d in one.discrepancies
                ],
            }
        )
    else:
        _tell(cases, broken)
    raise SystemExit(1 if broken else 0)


def _tell(cases: list[Audit], broken: list[Audit]) -> None:
    for one in broken:
        for discrepancy in one.discrepancies:
            click.echo(f"{one.number} {discrepancy.sentence(language())}".strip())
    events = sum(one.events for one in cases)
    wrong = sum(1 for one in broken if one.number)
    elsewhere = sum(len(one.discrepancies) for one in broken if not one.number)
    beside = f"，另有 {elsewhere} 处不属于任何案件" if elsewhere else ""
    beside_en = f"; {elsewhere} discrepancies of no case" if elsewhere else ""
    say(
        f"重放 {len(cases)} 件案件、{events} 个事件，{wrong} 件有不一致{beside}。",
        f"replayed {len(cases)} cases, {events} events; {wrong} with discrepancies{beside_en}",
    )


@click.group()
def export() -> None:
    """导出。"""


@export.command(name="case")
@click.argument("number")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
def export_case(number: str, output: Path) -> None:
    """把一件案件导出为审计包：历史、流程图、表单、规则、日历、冻结名录。"""
    engine = boot.open_engine(config.read())
    row = _rows(engine, number)[0]
    with engine.store.read() as connection:
        records = eventstore.history(connection, row.case_id)
    whole.write(output, bundle.pack(records, engine.shelf.get(row.version)))
    say(f"已导出 {output}")


@click.command()
@click.argument("number", required=False)
@click.option("--all", "every", is_flag=True, help="重建所有案件")
@as_json
def rebuild(number: str | None, every: bool, in_json: bool) -> None:
    """从历史重建一件或全部案件的状态、待办、期限、发件箱和公示栏；历史本身不动。"""
    if bool(number) == every:
        message = "请给出一个案件编号，或用 --all"
        raise click.UsageError(message)
    engine = boot.open_engine(config.read())
    rows = _rows(engine, number)
    mended, refused = list[Rebuilt](), list[tuple[str, str]]()
    for done, row in enumerate(rows, start=1):
        try:
            found = rebuild_case(engine, row)
        except ProductError as error:
            refused.append((row.number, error.sentence(language())))
        else:
            mended.extend([found] if found.mended else [])
        if done % PROGRESS == 0:
            click.echo(f"{done}/{len(rows)}", err=True)
    _tell_rebuilt(len(rows), mended, refused, in_json)


def _tell_rebuilt(
    total: int, mended: list[Rebuilt], refused: list[tuple[str, str]], in_json: bool
) -> None:
    sound = total - len(refused)
    if in_json:
        print_json(
            {
                "cases": total,
                "mended": [{"case": one.number, "views": dict(one.mended)} for one in mended],
                "refused": [{"case": number, "sentence": why} for number, why in refused],
            }
        )
    else:
        for one in mended:
            click.echo(one.sentence())
        for number, why in refused:
            click.echo(f"{number}：{why}", err=True)
        say(
            f"重建 {sound} 件案件，修复 {len(mended)} 件，{len(refused)} 件不能重建。",
            f"rebuilt {sound} cases, mended {len(mended)}; {len(refused)} could not be rebuilt",
        )
    raise SystemExit(1 if refused else 0)


def attach(group: click.Group) -> None:
    group.add_command(audit_cases)
    group.add_command(export)
    group.add_command(rebuild)
