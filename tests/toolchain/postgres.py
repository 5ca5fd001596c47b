"""A throw-away PostgreSQL server: Debian's binaries, a socket in a temporary folder, no network."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

BINARIES = Path("/usr/lib/postgresql/15/bin")
ACCOUNT = "postgres"  # the server refuses to run as root
ROLE = "ssj"
MISSING = "PostgreSQL 15 is not installed; run `make system-packages` (or `make test`)"
# A test database dies with its folder: nothing is gained by waiting for the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
START_SECONDS = 60.0


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
def running_server(**settings: str) -> Iterator[PostgresServer]:
    """Run a server until the block ends; `settings` (fsync="on") replace the fast defaults."""
    if not (BINARIES / "postgres").exists():
        raise ServerDidNotStart(MISSING)
    # Directly in /tmp: the path of a socket may have 107 bytes, and `postgres` must reach it.
    folder = Path(tempfile.mkdtemp(prefix="ssj-pg-", dir="/tmp"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, ACCOUNT, ACCOUNT)
        _initialise(folder)
        with _process(folder, FAST | settings) as process:
            server = PostgresServer(folder=folder)
            _await(server, process)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(folder: Path) -> None:
    options = ["--no-sync", "--auth=trust", f"--username={ROLE}"]
    options += ["--encoding=UTF8", "--locale=C.UTF-8", f"--pgdata={folder / 'data'}"]
    command = [*_as_account(), str(BINARIES / "initdb"), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)


@contextmanager
def _process(folder: Path, settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    place = ["-D", str(folder / "data"), "-k", str(folder), "-c", "listen_addresses="]
    options = [f"-c{name}={value}" for name, value in settings.items()]
    command = [*_as_account(), str(BINARIES / "postgres"), *place, *options]
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
