"""Half-filled forms: nobody else's business, no part of a history, gone when the task is done."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, select

from engine.history import Json, canonical
from engine.store.prepared import Prepared
from engine.store.tables import drafts

Answers = dict[str, Json]


def _place(case_id: UUID, element: str, key: str, person: str) -> ColumnElement[bool]:
    return and_(
        drafts.c.case_id == case_id,
        drafts.c.element == element,
        drafts.c.key == key,
        drafts.c.person == person,
    )


def load(tx: Connection, case_id: UUID, element: str, key: str, person: str) -> Answers | None:
    """Return what a person last kept of a task's form; None when nothing was kept."""
    query = select(drafts.c.body).where(_place(case_id, element, key, person))
    body = tx.execute(query).scalar_one_or_none()
    if body is None:
        return None
    answers: dict[str, Any] = json.loads(body)
    return answers


def save(
    tx: Connection,
    case_id: UUID,
    element: str,
    key: str,
    person: str,
    *,
    answers: Answers,
    at: datetime,
) -> None:
    """Keep a form as it is now, in place of what was kept before."""
    forget(tx, case_id, element, key, person)
    tx.execute(
        insert(drafts).values(
            case_id=case_id,
            element=element,
            key=key,
            person=person,
            body=canonical(answers),
            saved_at=at,
        )
    )


_FORGET = Prepared(  # every completed task asks
    delete(drafts).where(
        drafts.c.case_id == bindparam("of_case"),
        drafts.c.element == bindparam("of_element"),
        drafts.c.key == bindparam("of_key"),
        drafts.c.person == bindparam("of_person"),
    )
)


def forget(tx: Connection, case_id: UUID, element: str, key: str, person: str) -> None:
    """Forget what a person had kept of a task's form."""
    place = {"of_case": case_id, "of_element": element, "of_key": key, "of_person": person}
    _FORGET.write(tx, [place])
