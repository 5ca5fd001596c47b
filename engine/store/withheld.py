"""Personal data stands outside the history: the event holds a salted hash in its place.

Erasing the row erases the datum for good, while every hash and proof stays valid.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from engine.commands import CompleteTask
from engine.errors import FormInvalid
from engine.store.tables import personal
from engine.version import Version


def withhold(
    connection: Connection, command: CompleteTask, version: Version, *, salt: Callable[[], str]
) -> CompleteTask:
    """Replace the fields a form marks personal by `{"personal": hash}` and keep them apart."""
    if command.element not in version.definition.nodes:
        return command
    form = version.form_of(command.element)
    found = {
        name: value
        for name, value in command.data.items()
        if form and name in form.personal and isinstance(value, str) and value
    }
    if form is None or not found:
        return command
    mistakes = form.mistakes(command.data)
    if mistakes:
        raise FormInvalid(mistakes)
    data: dict[str, Any] = dict(command.data)
    rows = []
    for name, value in found.items():
        grain = salt()
        digest = hashlib.sha256(f"{grain}|{value}".encode()).hexdigest()
        data[name] = {"personal": digest}
        rows.append({"case_id": command.case_id, "digest": digest, "salt": grain, "value": value})
    connection.execute(insert(personal), rows)
    return replace(command, data=data)


def reveal(connection: Connection, case_id: UUID, digest: str) -> str | None:
    """Return the withheld text, or None when it was lawfully erased."""
    return connection.execute(
        select(personal.c.value).where(personal.c.case_id == case_id, personal.c.digest == digest)
    ).scalar_one_or_none()
