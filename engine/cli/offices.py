"""almanac, handover, registry gaps: what falls due, who takes over, what the registries lack."""

from __future__ import annotations

from datetime import datetime

import click

from engine import almanac, boot, clock, config, departures, handover
from engine.cli.places import in_jurisdiction
from engine.cli.speech import as_json, print_json, say
from engine.handover import Preview
from engine.service import Engine
from engine.store import agenda, people, registry_gaps
from engine.store.people import Person
from engine.store.registry_gaps import GapKind

KINDS = {
    GapKind.NO_REGULATOR: "监管真空：没有监管部门的对象",
    GapKind.NEVER_DRAWN: "多年没有抽到的对象",
    GapKind.NO_SUBJECTS: "清单缺口：没有检查对象的事项",
    GapKind.NO_INSPECTORS: "清单缺口：持证检查人员不足的事项",
    GapKind.NO_LINK: "清单缺口：没有关联检查实施清单的事项",
    GapKind.NO_ITEM: "清单缺口：监管着对象、清单里没有一项事项的部门",
    GapKind.UNLISTED: "清单缺口：名录里用到、清单里没有的事项",
}


@click.command(name="almanac")
@in_jurisdiction
@click.option("--year", type=int, default=None, help="不写则为今年")
@as_json
def show_almanac(jurisdiction: str, year: int | None, in_json: bool) -> None:
    """年历：本年各部门须办的事项、期限、督办和办结。"""
    engine = boot.open_engine(config.read())
    almanac.begin(engine)
    with engine.store.read() as connection:
        wanted = year or clock.legal_day(engine.now()).year
        found = agenda.of_jurisdiction(connection, jurisdiction, wanted)
    if in_json:
        print_json(
            [
                {
                    "obligation": each.obligation,
                    "department": each.department,
                    "period": each.period,
                    "stage": each.stage,
                    "due_at": each.due_at,
                    "settled_on": each.settled_on,
                }
                for each in found
            ]
        )
        return
    for each in found:
        click.echo(
            f"{each.period} {each.obligation} {each.department or '（尚未立案）'} "
            f"至 {_day(each.due_at)} {each.stage}{' 督办' if each.supervision else ''}"
        )
    say(f"{len(found)} 项")


def _day(due_at: datetime | None) -> str:
    return "—" if due_at is None else (clock.legal_day(due_at) - almanac.ONE_DAY).isoformat()


@click.group(name="handover")
def hand_over() -> None:
    """机构划转、人员离岗的工作交接：先看涉及什么，加 --apply 才生效。"""


@hand_over.command(name="department")
@click.argument("former")
@click.argument("successor")
@in_jurisdiction
@click.option("--basis", required=True, help="依据：文件名称和文号")
@click.option("--on", "effective_on", type=click.DateTime(["%Y-%m-%d"]), default=None)
@click.option("--without-people", is_flag=True, help="人员不随部门转隶")
@click.option("--apply", "is_applied", is_flag=True, help="确认交接")
def department(
    former: str,
    successor: str,
    jurisdiction: str,
    basis: str,
    effective_on: datetime | None,
    without_people: bool,
    is_applied: bool,
) -> None:
    """部门合并、更名：FORMER 的在办任务、名录和人员交给 SUCCESSOR。"""
    engine = boot.open_engine(config.read())
    asked = handover.wanted(
        engine,
        jurisdiction,
        former=former,
        successor=successor,
        basis=basis,
        effective_on=effective_on.date() if effective_on else None,
        with_people=not without_people,
    )
    found = handover.apply(engine, asked) if is_applied else handover.preview(engine, asked)
    _show(found, is_applied)


@hand_over.command(name="person")
@click.argument("login")
@click.option("--to", "successor", default=None, help="接替人的登录名；检查组成员必须有人接替")
@click.option("--reason", required=True)
@click.option("--leaves", is_flag=True, help="同时免去岗位、停用账号")
@click.option("--apply", "is_applied", is_flag=True, help="确认交接")
def person(login: str, successor: str | None, reason: str, leaves: bool, is_applied: bool) -> None:
    """人员离岗：领取的任务退回待办，检查组中的位置由接替人承担。"""
    engine = boot.open_engine(config.read())
    leaver = _known(engine, login)
    if not is_applied:
        _show(departures.of_person(engine, leaver), is_applied)
        return
    heir = _known(engine, successor) if successor else None
    found = departures.replace_person(engine, leaver, heir, reason=reason, closes_account=leaves)
    _show(found, is_applied)


def _known(engine: Engine, login: str) -> Person:
    with engine.store.read() as connection:
        found = people.by_login(connection, login, at=engine.now())
    if found is None:
        raise people.UnknownPerson(login=login)
    return found


def _show(found: Preview, is_applied: bool) -> None:
    for each in found.cases:
        click.echo(f"{each.number} {each.title} {'、'.join(each.tasks)}")
    for _, name, position in found.staff:
        click.echo(f"  人员 {name} {position}")
    for kind, number in (found.rows or {}).items():
        if number:
            click.echo(f"  名录 {kind.value} {number} 行")
    done = "已交接" if is_applied else "将要交接；确认后加 --apply"
    say(f"{len(found.cases)} 件案件、{found.tasks} 项在办任务，{done}")


@click.group(name="registry")
def registry_group() -> None:
    """名录的检查。"""


@registry_group.command(name="gaps")
@in_jurisdiction
@as_json
def gaps(jurisdiction: str, in_json: bool) -> None:
    """监管真空和清单缺口：没有人监管、没有人抽到、没有人能查的。"""
    engine = boot.open_engine(config.read())
    law = almanac.law_of(engine, jurisdiction)
    if law is None:
        message = f"没有辖区 {jurisdiction}"
        raise click.UsageError(message)
    today = clock.legal_day(engine.now())
    with engine.store.read() as connection:
        found = registry_gaps.report(
            connection, jurisdiction, on=today, bounds=registry_gaps.bounds(law, today)
        )
    if in_json:
        print_json(
            [
                {
                    "kind": gap.kind.value,
                    "total": gap.total,
                    "rows": [{"id": row.row_id, "name": row.name} for row in gap.rows],
                }
                for gap in found
            ]
        )
        return
    for gap in found:
        say(f"{KINDS[gap.kind]} {gap.total}")
        for row in gap.rows:
            click.echo(f"  {row.row_id} {row.name}")


def attach(group: click.Group) -> None:
    for command in (show_almanac, hand_over, registry_group):
        group.add_command(command)
