"""user add, passwd, grant: the first people of an office, and forgotten passwords."""

from __future__ import annotations

import click
from sqlalchemy import Connection

from engine import boot, clock, config, edge
from engine.cli.places import in_jurisdiction, organised
from engine.cli.speech import say
from engine.store import accounts, passwords, people, sessions


@click.group()
def user() -> None:
    """人员与账号。"""


@user.command()
@click.argument("login")
@click.option("--name", required=True)
@in_jurisdiction
@click.option("--inspector", default=None, help="执法检查人员名录中的编号")
def add(login: str, name: str, jurisdiction: str, inspector: str | None) -> None:
    """新增人员，显示一次性初始密码（首次登录须修改）。"""
    people.check_entry(login=login, name=name)
    engine = boot.open_engine(config.read())
    with engine.store.write() as connection:
        person = str(edge.new_case_id())
        people.add(
            connection,
            person=person,
            login=login,
            name=name,
            jurisdiction=jurisdiction,
            at=engine.now(),
            inspector_id=inspector,
        )
        password = _reset(connection, person, login)
    say(f"{name}（{login}）初始密码：{password}")


@user.command()
@click.argument("login")
def passwd(login: str) -> None:
    """重置密码，显示一次性密码。"""
    engine = boot.open_engine(config.read())
    with engine.store.write() as connection:
        found = people.by_login(connection, login, at=engine.now())
        if found is None:
            raise people.UnknownPerson(login=login)
        password = _reset(connection, found.id, login)
        sessions.end_all(connection, found.id)  # whoever was in with the old one is out
    say(f"{found.name}（{login}）新密码：{password}")


def _reset(connection: Connection, person: str, login: str) -> str:
    password = passwords.fresh()
    hashed = passwords.hashed(password, login=login)
    accounts.set_password(connection, person, hashed, must_change=True)
    return password


@user.command()
@click.argument("login")
@click.option("--department", required=True)
@click.option("--position", required=True)
def grant(login: str, department: str, position: str) -> None:
    """授予岗位。"""
    engine = boot.open_engine(config.read())
    at = engine.now()
    with engine.store.write() as connection:
        found = people.by_login(connection, login, at=at)
        if found is None:
            raise people.UnknownPerson(login=login)
        _check_seat(found.jurisdiction, department, position)
        people.grant(connection, found.id, department=department, position=position, since=at)
    say(f"{found.name} 自 {clock.legal_day(at)} 起担任 {department}/{position}")


def _check_seat(jurisdiction: str, department: str, position: str) -> None:
    """Refuse a department or position that the jurisdiction's organisation does not name."""
    there = organised(jurisdiction)
    for option, named, listed in (
        ("--department", department, there.departments),
        ("--position", position, there.positions),
    ):
        if named not in listed:
            message = f"{there.name}没有「{named}」；有：{'、'.join(listed)}"
            raise click.BadParameter(message, param_hint=option)


def attach(group: click.Group) -> None:
    group.add_command(user)
