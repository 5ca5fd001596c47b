"""Delivers the outbox: child cases, messages to other cases, the public board, released versions.

Every message is delivered at least once; every receiver is idempotent, so a crash between the
two costs a repetition and nothing else.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from engine import dossier, imports, listings, relays
from engine.commands import SYSTEM, OpenCase, ReplacePerson
from engine.errors import CaseIsClosed, ProductError
from engine.handovers import NothingToHandOver
from engine.service import Engine
from engine.store import avoidance, outbox, queues, registry_batches, rosters
from engine.store.outbox import Message

log = logging.getLogger("ssj.publisher")

BATCH = 50  # children opened in one transaction; others wait for a few hundredths of a second


class UnknownMessage(ProductError):
    code = "unknown-message"
    zh = "发件箱中有无法投递的消息种类「{kind}」。"
    en = "The outbox holds a message of unknown kind “{kind}”."


def deliver_all(engine: Engine, *, limit: int = 100) -> int:
    """Deliver what waits, oldest first; returns how many messages went out."""
    with engine.store.read() as connection:
        waiting = outbox.waiting(connection, limit=limit)
    return sum(_guarded(engine, message) for message in waiting)


def deliver_of(engine: Engine, case_id: UUID) -> None:
    """Deliver what one case sends, now; whoever stands before it hears of a failure."""
    with engine.store.read() as connection:
        waiting = outbox.waiting(connection, limit=100, sender=case_id)
    for message in waiting:
        deliver(engine, message)


def _guarded(engine: Engine, message: Message) -> bool:
    """Deliver a message; one that fails is tried again later and holds up nobody else.

    A batch whose registry has moved on can never be written: it is noted once, and dropped."""
    try:
        deliver(engine, message)
    except Exception as error:
        log.exception("delivery of %s from %s failed", message.kind, message.case_id)
        queues.note_incident(
            engine.store,
            at=engine.now(),
            actor=SYSTEM,
            what=f"outbox {message.kind}",
            trace=traceback.format_exc(),
            case_id=message.case_id,
        )
        with engine.store.write() as connection:
            if isinstance(error, registry_batches.RegistryMoved):
                outbox.mark_delivered(connection, message, at=engine.now())
            else:
                outbox.note_attempt(connection, message)
        return False
    return True


def deliver(engine: Engine, message: Message) -> None:
    """Deliver one message and mark it delivered."""
    body: Mapping[str, Any] = json.loads(message.body)
    receiver = RECEIVERS.get(message.kind)
    if receiver is None:
        raise UnknownMessage(kind=message.kind)
    receiver(engine, message, body)
    with engine.store.write() as connection:
        outbox.mark_delivered(connection, message, at=engine.now())
    if message.kind == "open-cases":
        _tell_parent(engine, _parent_of(message, body), body["process"], message)


def _open_one(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    engine.open_children([_child(message, body, body["object"])])


def _child_closed(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    _tell_parent(engine, UUID(body["parent"]), body["process"], message)


def _pass_on(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    relays.tell(engine, UUID(body["to"]), body["name"], message, body.get("fields", {}))


def _publish(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    with engine.store.write() as connection:
        outbox.publish(connection, message, body, at=engine.now())


def _activate(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    with engine.store.write() as connection:
        outbox.activate(connection, message, body, at=engine.now())


def _write_evidence(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    del message
    if engine.var is not None:
        folder = engine.var / "evidence" / body["number"]
        dossier.write(folder, dossier.files(body, engine.shelf.fetch))


def _recuse(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    with engine.store.write() as connection:
        if body["step"] == "enter":
            avoidance.enter(connection, message.case_id, body, at=engine.now())
        else:
            avoidance.lift(connection, message.case_id, at=engine.now())


def _replace_officer(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    """Put the drawn officer into the team; the pair that chance made first stays in the record."""
    del message
    command = ReplacePerson(
        case_id=UUID(body["visit"]),
        actor=SYSTEM,
        leaver=body["leaver"],
        leaver_inspector=body["leaver"],
        successor=body["successor"],
        successor_inspector=body["successor"],
        reason=body["reason"],
    )
    try:
        engine.handle(command)
    except (NothingToHandOver, CaseIsClosed):
        return  # done before a crash, or the visit is over


def _write_batch(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    write = listings.write_list if body["registry"] == listings.LISTS else imports.write
    write(engine, message.case_id, body)


def _write_items(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    listings.write_items(engine, message.case_id, body)


def _open_many(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    """Open one case per drawn object, a batch in one transaction; resumes where it was."""
    with engine.store.read() as connection:
        listed = rosters.inspections(connection, body, engine.shelf.fetch)
    for start in range(message.progress, len(listed), BATCH):
        batch = listed[start : start + BATCH]
        engine.open_children(
            [_child(message, {**body, **entry}, entry["object"]) for entry in batch]
        )
        with engine.store.write() as connection:
            outbox.note_progress(connection, message, start + len(batch))
    # a crash after the mark of delivery must not leave the parent waiting for closed children
    _tell_if_closed(engine, _parent_of(message, body), body["process"], message)


def _parent_of(message: Message, body: Mapping[str, Any]) -> UUID:
    """Return whose children a message opens: the sender's, or those of the task it stands for."""
    return UUID(body["parent"]) if "parent" in body else message.case_id


def _child(message: Message, body: Mapping[str, Any], unit: str) -> OpenCase:
    return OpenCase(
        case_id=outbox.child_id(message.case_id, message.seq, unit),
        actor=SYSTEM,
        process=body["process"],
        jurisdiction=body["jurisdiction"],
        title=body["title"],
        parties={name: tuple(ids) for name, ids in body.get("parties", {}).items()},
        fields=dict(body.get("fields", {})),
        parent=_parent_of(message, body),
    )


def _tell_parent(engine: Engine, parent: UUID, process: str, cause: Message) -> None:
    """Tell a parent that one child, or the last of its children of a kind, is closed."""
    with engine.store.read() as connection:
        still_opening = outbox.is_opening(connection, parent, process)
    if not still_opening:
        if process == relays.VISIT:
            relays.tell_if_visited(engine, parent, cause)
        _tell_if_closed(engine, parent, process, cause)
    if process == relays.REPLACEMENT:
        # the last visit may have waited for it
        _tell_if_closed(engine, parent, relays.VISIT, cause)
    relays.tell(engine, parent, "child-closed", cause, {})


def _tell_if_closed(engine: Engine, parent: UUID, process: str, cause: Message) -> None:
    with engine.store.read() as connection:
        open_children = outbox.open_children(connection, parent, process)
        if process == relays.VISIT:  # a replacement under way will bring further visits
            open_children += outbox.bringing(connection, parent, relays.REPLACEMENT)
    if open_children == 0:
        relays.tell(engine, parent, f"{process}s-closed", cause, {})


RECEIVERS: Mapping[str, Callable[[Engine, Message, Mapping[str, Any]], None]] = {
    "open-case": _open_one,
    "open-cases": _open_many,
    "child-closed": _child_closed,
    "message": _pass_on,
    "publish": _publish,
    "activate-version": _activate,
    "apply-batch": _write_batch,
    "apply-items": _write_items,
    "evidence": _write_evidence,
    "recusal": _recuse,
    "replace-officer": _replace_officer,
    **relays.RECEIVERS,
}
