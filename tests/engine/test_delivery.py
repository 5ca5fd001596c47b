"""A message that comes again is the same message: it does not count for the next wait."""

from __future__ import annotations

from uuid import UUID

import pytest

from engine import publisher, state
from engine.commands import SYSTEM, DeliverMessage
from engine.errors import AlreadyReceived
from engine.history import canonical
from engine.store.outbox import Message
from tests.engine import chains, drawn
from tests.engine.office import Office, payloads
from tests.process import drawing

WAITS_TWICE = drawing.document(
    drawing.start("begin")
    + drawing.catch("first", drawing.heard())
    + drawing.catch("second", drawing.heard())
    + drawing.end("finished")
    + drawing.chain("begin", "first", "second", "finished"),
    extra='<message id="M1" name="child-closed"/>',
    process="waits_twice",
)


def letter(to: UUID, sender: UUID, seq: int) -> Message:
    body = canonical({"kind": "message", "to": str(to), "name": "child-closed", "fields": {}})
    return Message(case_id=sender, seq=seq, part=0, kind="message", body=body, progress=0)


def test_a_message_delivered_twice_ends_one_wait_and_not_the_next(office: Office) -> None:
    sender = chains.drafted_plan(office)
    receiver = drawn.opened(office, "waits_twice", WAITS_TWICE)
    for _ in range(3):  # a crash between the delivery and its mark
        publisher.deliver(office.engine, letter(receiver, sender, 5))
    assert office.kinds(receiver).count("message-received") == 1
    assert not office.case(receiver).is_closed
    publisher.deliver(office.engine, letter(receiver, sender, 6))
    assert office.case(receiver).is_closed
    told = payloads(office.records(receiver), "message-received")
    assert [each["delivery"] for each in told] == [f"{sender}:5:0", f"{sender}:6:0"]
    assert office.audit(receiver).is_clean


def test_the_same_delivery_is_refused_in_words(sqlite_office: Office) -> None:
    receiver = drawn.opened(sqlite_office, "waits_twice", WAITS_TWICE)
    message = DeliverMessage(
        case_id=receiver,
        actor=SYSTEM,
        message="child-closed",
        sender="x",
        delivery="x:1:0",
    )
    sqlite_office.engine.handle(message)
    with pytest.raises(AlreadyReceived, match="已收到过这条消息"):
        sqlite_office.engine.handle(message)


def test_what_was_received_is_part_of_the_state(sqlite_office: Office) -> None:
    receiver = drawn.opened(sqlite_office, "waits_twice", WAITS_TWICE)
    silent = state.digest(sqlite_office.case(receiver))
    publisher.deliver(sqlite_office.engine, letter(receiver, receiver, 1))
    kept, folded = sqlite_office.case(receiver), sqlite_office.folded(receiver)
    assert kept.received == folded.received == (f"child-closed|{receiver}:1:0",)
    assert state.digest(kept) == state.digest(folded) != silent
