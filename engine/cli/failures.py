"""work, incidents: what failed in the background, and asking for it again."""

from __future__ import annotations

from dataclasses import asdict

import click

from engine import boot, config
from engine.cli.speech import as_json, print_json, say
from engine.clock import SHANGHAI
from engine.errors import ProductError
from engine.service import Engine
from engine.store import failures

SHOWN = 20


class NoSuchWork(ProductError):
    code = "no-such-work"
    zh = "没有编号为「{work}」的失败任务；ssj work 列出全部。"
    en = "No failed work has the number “{work}”; ssj work lists all."


class NoSuchIncident(ProductError):
    code = "no-such-incident"
    zh = "没有编号为「{incident}」的故障记录。"
    en = "No incident has the number “{incident}”."


@click.group(name="work", invoke_without_command=True)
@as_json
@click.pass_context
def work(context: click.Context, in_json: bool) -> None:
    """列出没有完成的长任务；失败的用 ssj work retry 重做。"""
    if context.invoked_subcommand is not None:
        return
    with boot.open_engine(config.read()).store.read() as connection:
        jobs = failures.waiting_work(connection)
    if in_json:
        print_json([asdict(job) for job in jobs])
        return
    for job in jobs:
        click.echo(f"{job.address[: failures.SHORT]} {job.number} {job.name} {_stands(job)}")
    failed = sum(job.failure is not None for job in jobs)
    say(
        f"{len(jobs)} 项未完成，其中 {failed} 项失败。",
        f"{len(jobs)} unfinished, {failed} of them failed",
    )


def _stands(job: failures.Job) -> str:
    """Say how a job stands; a percentage only where it counts one."""
    if job.failure:
        return f"失败，故障编号 {job.failure}"
    if job.started_at is None:
        return "等待"
    since = f"{job.started_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} 起进行中"
    return f"{since} {job.progress}%" if job.progress else since


@work.command()
@click.argument("number", required=False)
@click.option("--all", "every", is_flag=True, help="重做所有失败的任务")
def retry(number: str | None, every: bool) -> None:
    """让后台再做一次失败的任务；编号见 ssj work。"""
    if bool(number) == every:
        message = "请给出一个编号，或用 --all"
        raise click.UsageError(message)
    asked = ask_again(boot.open_engine(config.read()), number or "")
    if number and not asked:
        raise NoSuchWork(work=number)
    say(f"{asked} 项将重做。", f"{asked} will be done again")


def ask_again(engine: Engine, number: str) -> int:
    """Ask again for the failed work whose address begins so; returns how many there are."""
    with engine.store.write() as connection:
        return sum(
            failures.retry(connection, job.address, job.case_id)
            for job in failures.waiting_work(connection)
            if job.failure is not None and job.address.startswith(number)
        )


@click.command()
@click.argument("number", required=False)
@as_json
def incidents(number: str | None, in_json: bool) -> None:
    """列出最近的故障；给出编号则显示全文。"""
    with boot.open_engine(config.read()).store.read() as connection:
        if number is None:
            found = failures.latest(connection, limit=SHOWN)
        else:
            one = failures.incident(connection, number)
            if one is None:
                raise NoSuchIncident(incident=number)
            found = (one,)
    if in_json:
        print_json([asdict(each) for each in found])
        return
    for each in found:
        click.echo(f"{each.incident} {each.at:%Y-%m-%d %H:%M} {each.what} {each.number or ''}")
        if number is not None:
            click.echo(each.trace)
    if number is None:
        say(f"最近 {len(found)} 项。", f"the latest {len(found)}")


def attach(group: click.Group) -> None:
    group.add_command(work)
    group.add_command(incidents)
