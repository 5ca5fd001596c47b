"""Personal data and secrets stand outside the history: the event holds a salted hash in place.

Erasing a person's row erases the datum for good, while every hash and proof stays valid.
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
from engine.forms import Form
from engine.store import sealed
from engine.store.tables import personal
from engine.version import Version


def withhold(
    connection: Connection,
    command: CompleteTask,
    version: Version,
    *,
    salt: Callable[[], str],
    key: Callable[[], bytes],
) -> CompleteTask:
    """Replace the fields a form marks personal or sealed by their hash and keep them apart."""
    if command.element not in version.definition.nodes:
        return command
    form = version.form_of(command.element)
    if form is not None and form.sealed:
        command = _sealed(connection, command, form, salt=salt, key=key)
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


def _sealed(
    connection: Connection,
    command: CompleteTask,
    form: Form,
    *,
    salt: Callable[[], str],
    key: Callable[[], bytes],
) -> CompleteTask:
    """Replace a party's secret by its promise; the party is the department that answers."""
    mistakes = form.mistakes(command.data)
    if mistakes:
        raise FormInvalid(mistakes)
    data: dict[str, Any] = dict(command.data)
    for name in form.sealed & set(data):
        grain = f"{salt()}|{salt()}"
        promise = sealed.seal(
            connection, command.case_id, command.key, data[name], grain=grain, key=key()
        )
        data[name] = {"sealed": promise}
    return replace(command, data=data)


def reveal(connection: Connection, case_id: UUID, digest: str) -> str | None:
    """Return the withheld text, or None when it was lawfully erased."""
    return connection.execute(
        select(personal.c.value).where(personal.c.case_id == case_id, personal.c.digest == digest)
    ).scalar_one_or_none()
