"""calendar: load a published year; every due date that would move is shown before it counts."""

from __future__ import annotations

from pathlib import Path

import click

from engine import boot, calendars, config
from engine.cli.speech import as_json, print_json, say


@click.command(name="calendar")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--apply", "is_applied", is_flag=True, help="确认并重新计算期限")
@as_json
def load_calendar(files: tuple[Path, ...], is_applied: bool, in_json: bool) -> None:
    """装入国务院公布的年度节假日安排（如 2027.csv）：先列出会变动的期限，加 --apply 才生效。"""
    engine = boot.open_engine(config.read())
    years = calendars.read({place.name: place.read_bytes() for place in files})
    found = calendars.apply(engine, years) if is_applied else calendars.moves(engine, years)
    if in_json:
        print_json(
            [
                {"number": m.number, "rule": m.rule, "before": m.before, "after": m.after}
                for m in found
            ]
        )
        return
    for move in found:
        click.echo(
            f"{move.number} {move.title} 「{move.rule}」 {move.before or '—'} → {move.after}"
        )
    say(f"{len(found)} 个期限" + ("已重新计算" if is_applied else "会变动；确认后加 --apply"))


def attach(group: click.Group) -> None:
    group.add_command(load_calendar)
