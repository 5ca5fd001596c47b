"""Counts what the engine asks of its database: statements and commits, transaction words aside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from engine.store.database import Store

WORDS = ("BEGIN", "COMMIT", "ROLLBACK", "SET TRANSACTION")


@dataclass(slots=True, kw_only=True)
class Tally:
    statements: list[str] = field(default_factory=list)
    commits: int = 0

    @property
    def count(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        lines = "\n".join(" ".join(statement.split())[:160] for statement in self.statements)
        return f"{self.count} statements, {self.commits} commits\n{lines}"


@contextmanager
def tally(store: Store) -> Iterator[Tally]:
    """Count every statement and commit that reaches the database inside the block."""
    found = Tally()

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(WORDS):
            found.statements.append(statement)

    def on_commit(_connection: Any) -> None:
        found.commits += 1

    listeners = (("before_cursor_execute", on_statement), ("commit", on_commit))
    for name, listener in listeners:
        event.listen(store.engine, name, listener)
    try:
        yield found
    finally:
        for name, listener in listeners:
            event.remove(store.engine, name, listener)
