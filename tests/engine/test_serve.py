"""The supervisor: pages and background start together and stop together."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

SECONDS = 60.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def _alive(pid: int) -> bool:
    place = Path(f"/proc/{pid}/stat")
    return place.exists() and " Z " not in place.read_text()


def test_a_supervisor_told_to_stop_takes_pages_and_worker_with_it(
    furnished_sqlite: Path, tmp_path: Path
) -> None:
    shutil.copy(furnished_sqlite, tmp_path / "ssj.db")
    port = _free_port()
    command = [sys.executable, "-m", "engine.cli", "serve", "--port", str(port)]
    environment = {**os.environ, "SSJ_VAR": str(tmp_path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as supervisor:
        until = time.monotonic() + SECONDS
        while not _answers(f"http://127.0.0.1:{port}/healthz"):
            assert supervisor.poll() is None, "the server did not start"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.2)
        started = _children(supervisor.pid)
        assert len(started) == 2, "the pages and one worker"
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(timeout=SECONDS) == 0
    until = time.monotonic() + SECONDS
    while any(_alive(pid) for pid in started):
        assert time.monotonic() < until, "something went on without its supervisor"
        time.sleep(0.2)
