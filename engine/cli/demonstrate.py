"""demo: play a year through the real engine on a simulated clock; ends with an audit."""

from __future__ import annotations

from datetime import datetime

import click

from engine import boot, config
from engine.cli.places import known
from engine.cli.speech import say
from engine.demo import people, year
from engine.errors import CaseExists, ProductError


class AlreadyPlayed(ProductError):
    code = "already-played"
    zh = (
        "「{place}」里已经演示过，或者上次演示中途停下了，不能接着演。"
        "请用 SSJ_VAR 另选一个空文件夹，或移走这里的数据库，再运行 ssj demo。"
    )
    en = (
        "“{place}” holds a play that ended or was interrupted; it cannot be taken up again. "
        "Choose an empty folder by SSJ_VAR, or move this database away, and run ssj demo anew."
    )


DAY = click.DateTime(["%Y-%m-%d"])
SMALLEST, LARGEST = 20, 2_000_000  # fewer are too few to draw from


@click.command(name="demo")
@click.option("--jurisdiction", default=None, callback=known, help="只演示一个辖区")
@click.option(
    "--subjects",
    type=click.IntRange(SMALLEST, LARGEST),
    default=2000,
    help="每个辖区的监管对象户数",
)
@click.option("--year", "played", type=click.IntRange(2020, 2199), default=2026)
@click.option("--until", type=DAY, default=None, help="演示到哪一天（YYYY-MM-DD），缺省为全年")
@click.option("--audit/--no-audit", "is_audited", default=True)
def demo(
    jurisdiction: str | None, subjects: int, played: int, until: datetime | None, is_audited: bool
) -> None:
    """在演示库里把一年的双随机从计划演到移送，带进度，最后整体审计。"""
    settings = config.read()
    boot.refuse_in_earnest(settings)
    engine = boot.initialise(settings, demo=True)
    people.settle_in(engine, settings.packs)
    try:
        year.play(
            engine,
            jurisdictions=[jurisdiction]
            if jurisdiction
            else list(year.jurisdictions(settings.packs)),
            count=subjects,
            played=played,
            until=until.date().isoformat() if until else None,
            say=say,
        )
    except CaseExists as error:
        raise AlreadyPlayed(place=settings.var) from error
    if is_audited:
        raise SystemExit(year.audit_all(engine, say=say))


def attach(group: click.Group) -> None:
    group.add_command(demo)
