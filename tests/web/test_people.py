"""People, their positions in time, their accounts and sessions, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from engine.store import accounts, passwords, people, sessions, throttle
from engine.store.database import Connection, Store
from engine.store.tables import metadata

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def tx(store_url: str) -> Iterator[Connection]:
    store = Store(store_url)
    metadata.create_all(store.engine)
    with store.write() as connection:
        yield connection
    store.dispose()


@pytest.fixture
def li(tx: Connection) -> str:
    people.add(tx, person="p-li", login="Li.Ming", name="李明", jurisdiction="chaoyang", at=NOW)
    return "p-li"


def test_a_login_is_found_whatever_its_capitals_and_used_once(tx: Connection, li: str) -> None:
    found = people.by_login(tx, " LI.ming ", at=NOW)
    assert found is not None
    assert found.id == li
    with pytest.raises(people.LoginTaken):
        people.add(tx, person="p-2", login="LI.MING", name="另一人", jurisdiction="panjin", at=NOW)


def test_a_position_is_held_from_an_instant_until_another(tx: Connection, li: str) -> None:
    people.grant(tx, li, department="samr", position="handler", since=NOW, until=NOW + 2 * DAY)

    def held(at: datetime) -> bool:
        person = people.by_id(tx, li, at=at)
        return person is not None and person.has("handler", "samr")

    assert [held(NOW + n * DAY) for n in (-1, 0, 1, 2)] == [False, True, True, False]


def test_granting_twice_is_granting_once(tx: Connection, li: str) -> None:
    for _ in range(2):
        people.grant(tx, li, department="samr", position="handler", since=NOW)
    person = people.by_id(tx, li, at=NOW)
    assert person is not None
    assert len(person.positions) == 1


def test_a_withdrawn_position_can_be_granted_again(tx: Connection, li: str) -> None:
    people.grant(tx, li, department="samr", position="handler", since=NOW)
    people.withdraw(tx, li, department="samr", position="handler", at=NOW + DAY)
    people.grant(tx, li, department="samr", position="handler", since=NOW + 2 * DAY)
    person = people.by_id(tx, li, at=NOW + 3 * DAY)
    assert person is not None
    assert person.has("handler")


def test_the_chairs_of_a_person_are_positions_self_and_inspector_number(tx: Connection) -> None:
    people.add(
        tx,
        person="p-wang",
        login="wang",
        name="王芳",
        jurisdiction="chaoyang",
        at=NOW,
        inspector_id="CY-SAMR-001",
    )
    people.grant(tx, "p-wang", department="samr", position="inspector", since=NOW)
    person = people.by_id(tx, "p-wang", at=NOW)
    assert person is not None
    assert person.seats == ("samr/inspector", "person:p-wang", "person:CY-SAMR-001")
    assert not person.at_a_desk


def test_only_open_accounts_are_offered_a_task(tx: Connection, li: str) -> None:
    people.grant(tx, li, department="samr", position="handler", since=NOW)
    seat = {"department": "samr", "position": "handler"}
    assert [p.id for p in people.holders(tx, "chaoyang", at=NOW, **seat)] == [li]
    accounts.disable(tx, li, at=NOW)
    assert people.holders(tx, "chaoyang", at=NOW, **seat) == ()


def test_a_session_lives_a_day_at_most_and_two_hours_without_use(tx: Connection, li: str) -> None:
    sessions.start(tx, "token", person=li, at=NOW, language="zh")

    def alive(at: datetime) -> bool:
        return sessions.current(tx, "token", at=at, acting_at=at) is not None

    assert alive(NOW + timedelta(hours=1, minutes=59))
    assert not alive(NOW + timedelta(hours=2))
    assert sessions.current(tx, "another", at=NOW, acting_at=NOW) is None


def test_what_has_run_out_is_swept(tx: Connection, li: str) -> None:
    sessions.start(tx, "token", person=li, at=NOW, language="zh")
    throttle.count(tx, "k", window=timedelta(minutes=1), amount=1, at=NOW)
    sessions.sweep(tx, at=NOW + DAY)
    assert sessions.current(tx, "token", at=NOW, acting_at=NOW) is None
    assert throttle.reading(tx, "k", at=NOW) == (0, NOW)


def test_a_limit_counts_within_its_window_and_begins_again_after_it(tx: Connection) -> None:
    minute = timedelta(minutes=1)
    totals = [throttle.count(tx, "k", window=minute, amount=1, at=NOW) for _ in range(3)]
    assert totals == [1, 2, 3]
    assert throttle.reading(tx, "k", at=NOW) == (3, NOW + minute)
    assert throttle.count(tx, "k", window=minute, amount=1, at=NOW + minute) == 1
    throttle.forget(tx)
    assert throttle.reading(tx, "k", at=NOW) == (0, NOW)


def test_a_reset_password_must_be_changed(tx: Connection, li: str) -> None:
    password = accounts.reset(tx, li)
    kept = accounts.credentials(tx, "li.ming")
    assert kept is not None
    assert passwords.matches(kept.password_hash, password)
    person = people.by_id(tx, li, at=NOW)
    assert person is not None
    assert person.must_change


@pytest.mark.parametrize(
    "password", ["short", "li.ming.li", "aaaaaaaaaaaa", "1234567890", "x" * 129]
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(passwords.WeakPassword):
        passwords.hashed(password, login="li.ming.li")


def test_nobody_has_no_password() -> None:
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("not a hash", "anything at all")
