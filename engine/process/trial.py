"""Try a diagram in a process of its own, with nothing in reach and little to spend.

The child (`rehearsal`) gets the bytes on its standard input and an empty environment. Running out
of time, memory or stack is an ordinary answer here.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WALL = 5.0  # seconds
_ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from engine.process.rehearsal import main; main()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a trial ended: "" when it went well, else the code of the problem."""

    code: str
    element: str = ""


def run(source: bytes, called: Mapping[str, bytes], *, wall: float = WALL) -> Outcome:
    """Try a diagram; the last element reached is named when the child did not come back."""
    message = {"source": source.hex(), "called": {k: v.hex() for k, v in called.items()}}
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and our own text
            [sys.executable, "-I", "-c", _START, str(_ROOT)],
            input=json.dumps(message).encode(),
            capture_output=True,
            timeout=wall,
            env={},
            check=False,
        )
        return _outcome(child.stdout, child.returncode)
    except subprocess.TimeoutExpired as late:
        return Outcome(code="trial-timeout", element=_last(late.stdout or b""))


def _outcome(output: bytes, code: int) -> Outcome:
    lines = output.decode(errors="replace").splitlines()
    if lines and lines[-1].startswith("="):
        found, _, element = lines[-1][1:].partition(" ")
        return Outcome(code=found, element=element or _last(output))
    # a signal: SIGXCPU when the processor time is spent, SIGKILL or SIGSEGV for want of memory
    return Outcome(
        code="trial-timeout" if code == -signal.SIGXCPU else "trial-memory", element=_last(output)
    )


def _last(output: bytes) -> str:
    names = [x for x in output.decode(errors="replace").splitlines() if not x.startswith("=")]
    return names[-1] if names else ""
