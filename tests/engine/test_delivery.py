"""A message that comes again is the same message: it does not count for the next wait."""

from __future__ import annotations

from uuid import UUID

import pytest

from engine import catalogue, config, publisher, state, version
from engine.commands import SYSTEM, DeliverMessage, OpenCase
from engine.errors import AlreadyReceived
from engine.history import canonical
from engine.store import shelf
from engine.store.outbox import Message
from tests.engine import chains
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


def waiting_case(office: Office) -> UUID:
    """Return a case that waits for the same message twice, one after the other."""
    law = catalogue.shipped(config.WORKFLOWS, config.PACKS, "chaoyang").law
    definition = version.definition_of(WAITS_TWICE, law)
    with office.engine.store.write() as connection:
        shelf.release(
            connection,
            version.compose(definition, {}, law),
            jurisdiction="chaoyang",
            process="waits_twice",
            name="两次等待",
            effective_at=office.hand.moment,
            released_by=None,
            stored_at=office.hand.moment,
        )
    case_id = office.hand.new_id()
    office.engine.handle(
        OpenCase(
            case_id=case_id,
            actor=SYSTEM,
            process="waits_twice",
            jurisdiction="chaoyang",
            title="两次等待",
        )
    )
    return case_id


def letter(to: UUID, sender: UUID, seq: int) -> Message:
    body = canonical({"kind": "message", "to": str(to), "name": "child-closed", "fields": {}})
    return Message(case_id=sender, seq=seq, part=0, kind="message", body=body, progress=0)


def test_a_message_delivered_twice_ends_one_wait_and_not_the_next(office: Office) -> None:
    sender = chains.drafted_plan(office)
    receiver = waiting_case(office)
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
    receiver = waiting_case(sqlite_office)
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
    receiver = waiting_case(sqlite_office)
    silent = state.digest(sqlite_office.case(receiver))
    publisher.deliver(sqlite_office.engine, letter(receiver, receiver, 1))
    kept, folded = sqlite_office.case(receiver), sqlite_office.folded(receiver)
    assert kept.received == folded.received == (f"child-closed|{receiver}:1:0",)
    assert state.digest(kept) == state.digest(folded) != silent
