"""The child of a trial: lock the door, parse the diagram, walk a few paths through it, answer.

Once everything is imported it gives up the right to open files or sockets, to start programs and
to write files; processor time and memory are limited. Every element reached is written to the
standard output, so that the parent knows how far it came; the last line begins with "=".
"""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import resource
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.process.definition import parse
from engine.process.errors import NoBranch, Runaway, StuckInstance
from engine.process.instance import Instance

CPU, MEMORY = 5, 512 * 1024 * 1024  # seconds, bytes
TASKS = 600  # that a new instance may predict
WALKS, STEPS = 6, 60


def main() -> None:
    """Read, lock the door, try, answer with one line."""
    message = json.loads(sys.stdin.buffer.read())
    source = bytes.fromhex(message["source"])
    called = {name: bytes.fromhex(text) for name, text in message["called"].items()}
    for encoding in ("utf-8-sig", "utf-16", "gb18030", "gbk", "gb2312", "latin-1"):
        codecs.lookup(encoding)  # a codec is a file that is read at its first use
    _limit()
    answer = _try(source, called)
    os.write(1, f"={answer}\n".encode())
    os._exit(0)


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_CPU, CPU),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _try(source: bytes, called: Mapping[str, bytes]) -> str:
    try:
        _walk(source, called)
    except MemoryError:
        return "trial-memory"
    except RecursionError:
        return "trial-runaway"
    except Runaway as error:
        return f"trial-runaway {error.facts['element']}"
    except (StuckInstance, NoBranch) as error:
        first = str(error.facts.get("elements") or error.facts.get("element"))
        return f"deadlock {first.split('、')[0]}"
    except Exception as error:  # the library raises whatever it likes; its text is never shown
        os.write(2, f"{type(error).__name__}: {error}".encode())
        return "trial-failed"
    return ""


class _Guess:
    """A condition whose answer each walk chooses by itself."""

    def __init__(self, text: str) -> None:
        self.text = text

    def evaluate(self, facts: Any) -> bool | None:
        return None if facts is None else _pick(f"{facts} {self.text}", 2) == 1

    def missing(self, _facts: Any) -> tuple[str, ...]:
        return (self.text,)


class _Trail(list[Any]):
    """Writes each element down as it is reached, so that it is known when time runs out."""

    def append(self, change: Any) -> None:
        os.write(1, f"{change[0]}\n".encode())


def _walk(source: bytes, called: Mapping[str, bytes]) -> None:
    definition = parse(source, condition=_Guess, called=called)
    at = datetime(2026, 1, 5, tzinfo=UTC)
    predicted = Instance.predicted(definition, trail=_Trail())
    if predicted > TASKS:
        raise Runaway(element=definition.id, limit=TASKS)
    for walk in range(WALKS):
        instance = Instance.start(definition, case_id="trial", at=at, facts={})
        for step in range(STEPS):
            if instance.completed:
                break
            at += timedelta(minutes=1)
            _step(instance, f"{walk}.{step}", at)


def _step(instance: Instance, seed: str, at: datetime) -> None:
    facts: Any = {"seed": seed}
    acts: list[Any] = [
        *((instance.complete, task.element, task.key) for task in instance.open_tasks),
        *((instance.settle, p.element, p.key) for p in instance.pending if p.kind != "gateway"),
        *((instance.fire, timer.element, timer.key) for timer in instance.timers),
        *((instance.deliver, message.name) for message in instance.messages),
    ]
    if any(p.kind == "gateway" for p in instance.pending):
        acts.append((instance.reconsider,))
    act, *arguments = acts[_pick(seed, len(acts))]
    os.write(1, f"{next(iter(arguments), '')}\n".encode())
    act(*arguments, at=at, facts=facts)


def _pick(seed: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]) % count
