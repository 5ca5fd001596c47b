"""init, serve, worker, config, backup, restore: running the product."""

from __future__ import annotations

import errno
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import click

from engine import boot, config, scheduler
from engine.cli import whole
from engine.cli.speech import as_json, print_json, say
from engine.errors import ProductError
from engine.store import soundness


class NeedsDatabaseTool(ProductError):
    code = "needs-database-tool"
    zh = "PostgreSQL 请用 {tool} 备份或恢复；附件目录 {files} 另行复制。"
    en = "Use {tool} for PostgreSQL, and copy the folder {files} beside it."


class PortTrouble(ProductError):
    code = "port-trouble"
    zh = "不能在 {host}:{port} 提供服务：{reason}。请用 --port 另选一个端口，或核对 --host。"
    en = "Cannot listen on {host}:{port}: {reason}. Choose another --port, or check --host."


class NoBackup(ProductError):
    code = "no-backup"
    zh = "「{place}」里没有备份：应有文件 ssj.db。"
    en = "There is no backup in “{place}”: a file ssj.db is expected."


class BackupBroken(ProductError):
    code = "backup-broken"
    zh = "「{place}」里的备份不能用：{reason}。没有恢复任何内容；请另取一份备份。"
    en = "The backup in “{place}” is unusable: {told}. Nothing was brought back; use another."


class PlaceTaken(ProductError):
    code = "place-taken"
    zh = "「{place}」已经存在；备份写入新的文件夹，不覆盖已有的。"
    en = "“{place}” is there already; a backup goes into a new folder and replaces none."


FOLDERS = ("files", "evidence")
PORT_TROUBLES = {
    errno.EADDRINUSE: "端口已被占用 / port in use",
    errno.EACCES: "没有权限 / not permitted",
    errno.EADDRNOTAVAIL: "本机没有这个地址 / no such address here",
}


@click.command()
@click.option("--demo", is_flag=True, help="演示库：两个辖区、人员、合成名录")
def init(demo: bool) -> None:
    """建立或升级数据库。"""
    settings = config.read()
    if demo:
        boot.refuse_in_earnest(settings)
    engine = boot.initialise(settings, demo=demo, say=say)
    if demo:
        from engine.demo import people  # a real office never loads the demonstration

        people.settle_in(engine, settings.packs)
    say(f"就绪：{settings.shown()['SSJ_DATABASE_URL']}")


@click.command(name="config")
@as_json
def show_config(in_json: bool) -> None:
    """显示生效的配置（不含密钥）。"""
    shown = config.read().shown()
    if in_json:
        print_json(shown)
        return
    for name, value in shown.items():
        click.echo(f"{name}={value}")


@click.command()
@click.option("--host", default=None)
@click.option("--port", type=click.IntRange(1, 65535), default=None)
def serve(host: str | None, port: int | None) -> None:
    """启动网页服务，并看护后台进程。"""
    settings = config.read()
    boot.open_engine(settings).store.dispose()  # a missing database is said before gunicorn starts
    where, at_port = host or settings.host, port or settings.port
    _refuse_a_taken_port(where, at_port)  # before anything is started
    address, processes = f"{where}:{at_port}", str(settings.processes)
    # a supervisor that is told to stop takes what it started with it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    background = subprocess.Popen([sys.executable, "-m", "engine.cli", "worker"])
    say(f"双随机 http://{address}", f"shuangsuiji http://{address}")
    try:
        web = subprocess.run(  # noqa: S603 - our own interpreter, our own arguments
            [
                *(sys.executable, "-m", "gunicorn", "--bind", address),
                *("--workers", processes, "--worker-class", "gthread", "--threads", "16"),
                *("--timeout", "120", "--graceful-timeout", "20"),
                # its socket would lie outside SSJ_VAR, one for all servers of an account
                *("--no-control-socket", "web.wsgi:application()"),
            ],
            check=False,
        )
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    finally:
        background.terminate()
        background.wait(timeout=30)
    raise SystemExit(web.returncode)


def _refuse_a_taken_port(host: str, port: int) -> None:
    """Try the port as the server will; an address that cannot be had is said, not retried."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        told = PORT_TROUBLES.get(error.errno or 0, error.strerror or str(error))
        raise PortTrouble(host=host, port=port, reason=told) from error


@click.command()
def worker() -> None:
    """只运行后台：期限、发件箱、长任务。"""
    engine = boot.open_engine(config.read())
    engine.shelf.warm(at=engine.now())
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    scheduler.run(engine, wait=stop.wait)


@click.command()
@click.argument("place", type=click.Path(path_type=Path))
def backup(place: Path) -> None:
    """把 SQLite 数据库和附件备份到一个文件夹。"""
    settings = config.read()
    source = _sqlite_file(settings, "pg_dump")
    boot.open_engine(settings).store.dispose()  # nothing is made where there is nothing
    if place.exists():
        raise PlaceTaken(place=place)
    with whole.beside(place) as unfinished:
        _back_up(source, settings.var, unfinished)
    say(f"已备份到 {place}", f"backed up to {place}")


def _back_up(source: Path, var: Path, target: Path) -> None:
    target.mkdir(parents=True)
    with (
        closing(sqlite3.connect(source)) as live,
        closing(sqlite3.connect(target / "ssj.db")) as copy,
    ):
        live.backup(copy)
    for folder in FOLDERS:
        if (var / folder).exists():
            shutil.copytree(var / folder, target / folder)


@click.command()
@click.argument("place", type=click.Path(path_type=Path, exists=True, file_okay=False))
def restore(place: Path) -> None:
    """从备份文件夹恢复；现有数据库须先移走。"""
    settings = config.read()
    target = _sqlite_file(settings, "pg_restore")
    if target.exists():
        message = f"{target} 已存在；请先移走，以免覆盖"
        raise click.UsageError(message)
    if not (place / "ssj.db").is_file():
        raise NoBackup(place=place)
    _refuse_unsound(place)
    target.parent.mkdir(parents=True, exist_ok=True)
    for folder in FOLDERS:
        if (place / folder).exists():
            shutil.copytree(place / folder, settings.var / folder, dirs_exist_ok=True)
    with whole.beside(target) as unfinished:  # last: where the database stands, all of it does
        shutil.copy2(place / "ssj.db", unfinished)
    say(f"已从 {place} 恢复", f"brought back from {place}")


def _refuse_unsound(place: Path) -> None:
    """Refuse a backup whose database is damaged or another program's, before anything is copied."""
    flaw = soundness.flaw(place / "ssj.db")
    if flaw:
        raise BackupBroken(place=place, reason=f"数据库文件已损坏（{flaw}）", told=flaw)
    if not soundness.of_file(place / "ssj.db").is_ours:
        reason = "数据库文件是空的，或者不是双随机的数据库"
        raise BackupBroken(place=place, reason=reason, told="its database is not one of ours")


def _sqlite_file(settings: config.Config, tool: str) -> Path:
    if not settings.is_sqlite:
        raise NeedsDatabaseTool(tool=tool, files=settings.var / "files")
    return Path(settings.database_url.removeprefix("sqlite:///"))


def attach(group: click.Group) -> None:
    for command in (init, show_config, serve, worker, backup, restore):
        group.add_command(command)
