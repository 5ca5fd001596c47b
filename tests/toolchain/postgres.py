"""A throw-away PostgreSQL server: Debian's binaries, a socket in a temporary folder, no network."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url

BINARIES = Path("/usr/lib/postgresql/15/bin")
ACCOUNT = "postgres"  # the server refuses to run as root
ROLE = "ssj"
MISSING = "PostgreSQL 15 is not installed; run `make system-packages` (or `make test`)"
# A test database dies with its folder: nothing is gained by waiting for the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
START_SECONDS = 60.0
MEMORY = Path("/dev/shm")
ROOM = 4 << 30  # bytes: a million subjects, their list, and what is being dropped


class ServerDidNotStart(RuntimeError):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """Make a database, empty or a copy of `template`; give its address, drop it at the end."""
        name = f"t{next(self.numbers)}"
        self.administer(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield self.address(name)
        finally:
            self.administer(f"DROP DATABASE {name} WITH (FORCE)")

    def address(self, database: str) -> str:
        return f"postgresql+psycopg://{ROLE}@/{database}?host={self.folder}"

    def conninfo(self, database: str) -> str:
        return f"host={self.folder} user={ROLE} dbname={database}"

    def administer(self, statement: str) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def durable(self) -> Iterator[None]:
        """Wait for the disk until the block ends, as a server that was only installed does."""
        self._reload({name: f"ALTER SYSTEM SET {name} = on" for name in FAST}, shown="on")
        try:
            yield
        finally:
            self._reload({name: f"ALTER SYSTEM RESET {name}" for name in FAST}, shown="off")

    def _reload(self, statements: Mapping[str, str], *, shown: str) -> None:
        """Change settings that stand in the server's file; it reads them when it comes to it."""
        for statement in statements.values():
            self.administer(statement)
        self.administer("SELECT pg_reload_conf()")
        deadline = time.monotonic() + START_SECONDS
        while any(self._shown(name) != shown for name in statements):
            if time.monotonic() > deadline:
                message = f"the server still does not say {shown} for {', '.join(statements)}"
                raise ServerDidNotStart(message)
            time.sleep(0.02)

    def _shown(self, name: str) -> str:
        with psycopg.connect(self.conninfo("postgres")) as connection:
            row = connection.execute(f"SHOW {name}".encode()).fetchone()
        assert row is not None
        return str(row[0])

    def left(self, address: str) -> None:
        """Wait until nobody is connected to a database: what a killed client began has ended."""
        database = make_url(address).database
        sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        deadline = time.monotonic() + START_SECONDS
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            while connection.execute(sessions, (database,)).fetchone() != (0,):
                assert time.monotonic() < deadline, f"somebody stays connected to {database}"
                time.sleep(0.02)


@contextmanager
def running_server(
    settings: Mapping[str, str] = FAST, *, in_memory: bool = False
) -> Iterator[PostgresServer]:
    """Run a server until the block ends; `settings` ({"fsync": "on"}) replace the fast defaults.

    `in_memory` spares the file system: a database is a thousand files, each made and removed."""
    if not (BINARIES / "postgres").exists():
        raise ServerDidNotStart(MISSING)
    # Directly in such a folder: the path of a socket may have 107 bytes, and `postgres` must
    # reach it.
    home = MEMORY if in_memory and _is_roomy(MEMORY) else Path("/tmp")
    folder = Path(tempfile.mkdtemp(prefix="ssj-pg-", dir=home))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, ACCOUNT, ACCOUNT)
        _initialise(folder, {**FAST, **settings})
        with _process(folder) as process:
            server = PostgresServer(folder=folder)
            _await(server, process)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_roomy(place: Path) -> bool:
    return place.is_dir() and shutil.disk_usage(place).free >= ROOM


def _initialise(folder: Path, settings: Mapping[str, str]) -> None:
    options = ["--no-sync", "--auth=trust", f"--username={ROLE}"]
    options += ["--encoding=UTF8", "--locale=C.UTF-8", f"--pgdata={folder / 'data'}"]
    command = [*_as_account(), str(BINARIES / "initdb"), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


@contextmanager
def _process(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    place = ["-D", str(folder / "data"), "-k", str(folder), "-c", "listen_addresses="]
    command = [*_as_account(), str(BINARIES / "postgres"), *place]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nobody wants the data
        process.wait()


def _as_account() -> list[str]:
    """Become `postgres` when root; the server ends with its test process, however that ends."""
    identity = [f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--init-groups"]
    return ["setpriv", "--pdeathsig=QUIT", *(identity if os.getuid() == 0 else [])]


def _await(server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(server.conninfo("postgres")).close()
        except psycopg.OperationalError as refused:
            if process.poll() is not None or time.monotonic() > deadline:
                log = (server.folder / "log").read_text("utf-8", errors="replace")
                raise ServerDidNotStart(log) from refused
            time.sleep(0.05)
        else:
            return
