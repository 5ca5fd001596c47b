"""init, serve, worker, config, backup, restore: running the product."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import click

from engine import boot, config, scheduler
from engine.cli.speech import as_json, print_json, say
from engine.errors import ProductError


class NeedsDatabaseTool(ProductError):
    code = "needs-database-tool"
    zh = "PostgreSQL 请用 {tool} 备份或恢复；附件目录 {files} 另行复制。"
    en = "Use {tool} for PostgreSQL, and copy the folder {files} beside it."


@click.command()
@click.option("--demo", is_flag=True, help="演示库：两个辖区、人员、合成名录")
def init(demo: bool) -> None:
    """建立或升级数据库。"""
    settings = config.read()
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
@click.option("--port", type=int, default=None)
def serve(host: str | None, port: int | None) -> None:
    """启动网页服务，并看护后台进程。"""
    settings = config.read()
    boot.open_engine(settings).store.dispose()  # a missing database is said before gunicorn starts
    address = f"{host or settings.host}:{port or settings.port}"
    processes = 1 if settings.is_sqlite else settings.processes
    # a supervisor that is told to stop takes what it started with it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    background = subprocess.Popen([sys.executable, "-m", "engine.cli", "worker"])
    say(f"双随机 http://{address}", f"shuangsuiji http://{address}")
    try:
        web = subprocess.run(  # noqa: S603 - our own interpreter, our own arguments
            [
                *(sys.executable, "-m", "gunicorn", "--bind", address),
                *("--workers", str(processes), "--worker-class", "gthread", "--threads", "16"),
                *("--timeout", "120", "--graceful-timeout", "20", "web.wsgi:application()"),
            ],
            check=False,
        )
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    finally:
        background.terminate()
        background.wait(timeout=30)
    raise SystemExit(web.returncode)


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
    place.mkdir(parents=True, exist_ok=False)
    with sqlite3.connect(source) as live, sqlite3.connect(place / "ssj.db") as copy:
        live.backup(copy)
    for folder in ("files", "evidence"):
        if (settings.var / folder).exists():
            shutil.copytree(settings.var / folder, place / folder)
    say(f"已备份到 {place}")


@click.command()
@click.argument("place", type=click.Path(path_type=Path, exists=True))
def restore(place: Path) -> None:
    """从备份文件夹恢复；现有数据库须先移走。"""
    settings = config.read()
    target = _sqlite_file(settings, "pg_restore")
    if target.exists():
        message = f"{target} 已存在；请先移走，以免覆盖"
        raise click.UsageError(message)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(place / "ssj.db", target)
    for folder in ("files", "evidence"):
        if (place / folder).exists():
            shutil.copytree(place / folder, settings.var / folder, dirs_exist_ok=True)
    say(f"已从 {place} 恢复")


def _sqlite_file(settings: config.Config, tool: str) -> Path:
    if not settings.is_sqlite:
        raise NeedsDatabaseTool(tool=tool, files=settings.var / "files")
    return Path(settings.database_url.removeprefix("sqlite:///"))


def attach(group: click.Group) -> None:
    for command in (init, show_config, serve, worker, backup, restore):
        group.add_command(command)
