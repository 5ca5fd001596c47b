"""import: registry files in, with every bad row listed and the difference shown first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from engine import boot, config, edge, imports, publisher
from engine.cli.places import in_jurisdiction
from engine.cli.speech import as_json, print_json, say
from engine.imports import Preview
from engine.registry import export
from engine.registry.columns import COLUMNS
from engine.registry.diff import Changed
from engine.registry.types import RegistryKind
from engine.service import Engine
from engine.store import shelf
from rules.organisation import Organisation

SHOWN = 20  # differences listed by name; the rest are counted


@click.command(name="import")
@click.argument("kind", type=click.Choice([kind.value for kind in RegistryKind]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@in_jurisdiction
@click.option("--apply", "is_applied", is_flag=True, help="确认差异并写入名录")
@click.option("--supplement", is_flag=True, help="文件只含一部分：没有列出的不算减少")
@click.option("--source", default="", help="数据来自哪个系统、按什么条件提取")
@as_json
def import_file(
    kind: str,
    file: Path,
    jurisdiction: str,
    is_applied: bool,
    supplement: bool,
    source: str,
    in_json: bool,
) -> None:
    """导入名录（CSV 或 XLSX）：先看问题和差异，加 --apply 才写入，全有或全无。"""
    engine = boot.open_engine(config.read())
    here = organisation(engine, jurisdiction)
    with engine.store.read() as connection:
        found = imports.preview(
            connection,
            jurisdiction,
            here,
            kind,
            file.read_bytes(),
            file.name,
            is_complete=not supplement,
        )
    _show(found, here, in_json)
    if found.errors:
        raise imports.ImportRefused(count=len(found.errors))
    if not is_applied:
        say("以上是将要发生的变动；确认无误后加 --apply 写入。")
        return
    handled = imports.apply(engine, found, case_id=edge.new_case_id(), source=source)
    publisher.deliver_of(engine, handled.case_id)
    say(f"已写入，批次案件 {handled.number}")


def organisation(engine: Engine, jurisdiction: str) -> Organisation:
    """Return the organisation of a jurisdiction from the version in force."""
    with engine.store.read() as connection:
        digest = shelf.in_force(connection, jurisdiction, imports.PROCESS, at=engine.now())
    return engine.shelf.get(digest).law.organisation


def _show(found: Preview, here: Organisation, in_json: bool) -> None:
    counts = found.diff.counts()
    if in_json:
        print_json(
            {"counts": counts, "problems": [dict(problem.record()) for problem in found.problems]}
        )
        return
    for problem in found.problems:
        click.echo(("错误 " if problem.severity == "error" else "提醒 ") + problem.sentence())
    if found.errors:
        return  # what a file with mistakes would change is not known
    say(
        f"新增 {counts['added']}，变更 {counts['changed']}，减少 {counts['removed']}，"
        f"未列出 {counts['dropped']}，不变 {counts['unchanged']}"
    )
    for row in found.diff.added[:SHOWN]:
        click.echo(f"  ＋ {row.row_id} {row.name}")
    for change in found.diff.changed[:SHOWN]:
        fields = "；".join(_changes(found.parsed.kind, change, here))
        click.echo(f"  ～ {change.after.row_id} {change.after.name} {fields}")
    for gone in found.diff.removed[:SHOWN]:
        click.echo(f"  － {gone.row.row_id} {gone.row.name}（{gone.reason}）")


def _changes(kind: RegistryKind, change: Changed, here: Organisation) -> Iterator[str]:
    """Yield every field that reads differently, in the words of the office."""
    titles = {column.field: column.title for column in COLUMNS[kind]}
    names = {code: department.name for code, department in here.departments.items()}
    for one in change.fields:
        before, after = (
            export.spoken(one.field, value, names) or "（空）" for value in (one.before, one.after)
        )
        yield f"{titles.get(one.field, one.field)}：{before} → {after}"


def attach(group: click.Group) -> None:
    group.add_command(import_file)
