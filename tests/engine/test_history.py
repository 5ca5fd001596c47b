"""The record: one byte changed is found, nothing may be changed, and only the events are truth."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, exc, update

from engine import events, history, payloads, state
from engine.audit import audit_stored
from engine.commands import AddComment
from engine.history import NotCanonical, Record, Stored
from engine.store import eventstore
from engine.store.tables import cases, timers, worklist
from engine.store.tables import events as recorded
from engine.version import Version
from tests.engine import chains
from tests.engine.forgery import envelopes, resealed, stored
from tests.engine.furnished import copied
from tests.engine.office import Office


@pytest.fixture(scope="module")
def archive(
    furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[Stored], Version]]:
    """A whole plan as it lies in the table, in memory."""
    office = copied(furnished_sqlite, tmp_path_factory.mktemp("archive"))
    plan = chains.approved_plan(office)
    yield stored(office.records(plan)), office.engine.shelf.get(office.version(plan))
    office.engine.store.dispose()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_changed_byte_of_any_event_is_found_and_located(
    archive: tuple[list[Stored], Version], data: st.DataObject
) -> None:
    lying, version = archive
    place = data.draw(st.integers(0, len(lying) - 1), label="event")
    part = data.draw(st.integers(0, 1), label="body or hash")
    content = bytearray(lying[place][part])
    at = data.draw(st.integers(0, len(content) - 1), label="byte")
    content[at] ^= data.draw(st.integers(1, 255), label="bits")
    body, link = lying[place]
    changed = (bytes(content), link) if part == 0 else (body, bytes(content))
    found = audit_stored([*lying[:place], changed, *lying[place + 1 :]], version)
    assert [discrepancy.seq for discrepancy in found.discrepancies] == [place + 1]
    assert f"第 {place + 1} 号事件" in found.discrepancies[0].sentence()


def test_the_history_as_it_lies_is_clean(archive: tuple[list[Stored], Version]) -> None:
    lying, version = archive
    found = audit_stored(lying, version)
    assert found.is_clean
    assert found.events == len(lying)


@pytest.mark.parametrize("verb", ["UPDATE events SET actor = 'x'", "DELETE FROM events"])
def test_the_database_refuses_to_change_an_event(office: Office, verb: str) -> None:
    plan = chains.drafted_plan(office)
    before = office.records(plan)
    with (
        pytest.raises(exc.DBAPIError, match="events are never changed"),
        office.engine.store.write() as connection,
    ):
        connection.exec_driver_sql(verb)
    assert office.records(plan) == before


def test_postgresql_refuses_to_empty_the_events(postgresql_office: Office) -> None:
    with (
        pytest.raises(exc.DBAPIError, match="events are never changed"),
        postgresql_office.engine.store.write() as connection,
    ):
        connection.exec_driver_sql("TRUNCATE events CASCADE")


def test_a_look_at_the_store_cannot_write_on_postgresql(postgresql_office: Office) -> None:
    with (
        pytest.raises(exc.DBAPIError, match="read-only"),
        postgresql_office.engine.store.read() as connection,
    ):
        connection.execute(delete(worklist))


def broken_caches(office: Office, case_id: UUID) -> Sequence[bytes | None]:
    """Return what may stand in the place of a cached state: nothing, rubbish, another format."""
    content = json.loads(state.dump(office.case(case_id)))
    return (
        None,
        b"",
        b"rubbish",
        b"[]",
        b"{}",
        json.dumps({**content, "v": 99}).encode(),
        json.dumps({**content, "process_state": "{}"}).encode(),
        json.dumps({**content, "title": "另一个标题"}).encode(),
        json.dumps({**content, "offers": {}}).encode(),
    )


def test_a_cached_state_that_is_lost_or_wrong_is_folded_from_the_events(
    sqlite_office: Office,
) -> None:
    plan = chains.drafted_plan(sqlite_office)
    truth = state.dump(sqlite_office.folded(plan))
    for blob in broken_caches(sqlite_office, plan):
        with sqlite_office.engine.store.write() as connection:
            connection.execute(update(cases).values(state=blob))
        assert state.dump(sqlite_office.case(plan)) == truth, blob


def test_without_blobs_and_views_a_case_goes_on_as_if_nothing_were_missing(
    office: Office,
) -> None:
    plan = chains.drafted_plan(office)
    with office.engine.store.write() as connection:
        for table in (worklist, timers):
            connection.execute(delete(table))
        connection.execute(update(cases).values(state=None))
    chains.finish(office, plan)
    assert office.case(plan).is_closed
    assert office.audit(plan).is_clean


def test_a_comment_on_a_closed_case_leaves_the_day_it_closed(sqlite_office: Office) -> None:
    plan = chains.approved_plan(sqlite_office)

    def closed() -> object:
        with sqlite_office.engine.store.read() as connection:
            return connection.execute(
                cases.select().with_only_columns(cases.c.closed_at).where(cases.c.case_id == plan)
            ).scalar_one()

    before = closed()
    sqlite_office.on("2026-04-01")
    author = sqlite_office.person("cy-samr-handler1")
    sqlite_office.engine.handle(AddComment(case_id=plan, actor=author, text="补记"))
    assert before is not None
    assert closed() == before
    assert sqlite_office.audit(plan).is_clean


def test_an_event_of_an_older_shape_is_lifted_and_its_bytes_stay(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = chains.drafted_plan(sqlite_office)
    author = sqlite_office.person("cy-samr-handler1")
    sqlite_office.engine.handle(AddComment(case_id=plan, actor=author, text="旧格式"))
    written = envelopes(sqlite_office.records(plan))
    comment = written[-1]["payload"]
    comment["note"] = comment.pop("text")
    old = resealed(written)

    def lift(payload: dict[str, str]) -> dict[str, str]:
        return {**{k: v for k, v in payload.items() if k != "note"}, "text": payload["note"]}

    monkeypatch.setattr(payloads, "UPCASTERS", {"comment-added": (lift,)})
    record: Record = history.unseal(*old[-1])
    assert isinstance(record.event, events.CommentAdded)
    assert record.event.text == "旧格式"
    assert record.body == old[-1][0]
    version = sqlite_office.engine.shelf.get(sqlite_office.version(plan))
    assert audit_stored(old, version).is_clean


def test_a_kind_from_the_future_is_named_and_never_guessed(
    archive: tuple[list[Stored], Version],
) -> None:
    lying, version = archive
    written = [json.loads(body) for body, _ in lying]
    written[2]["kind"] = "task-teleported"
    found = audit_stored(resealed(written), version)
    assert [discrepancy.seq for discrepancy in found.discrepancies] == [3]
    assert "task-teleported" in found.discrepancies[0].sentence()


def test_every_kind_of_event_survives_writing_and_reading(sqlite_office: Office) -> None:
    task = chains.drawn_task(sqlite_office)
    for record in sqlite_office.records(task):
        again = payloads.load(
            record.kind, json.loads(history.canonical(payloads.dump(record.event)))
        )
        assert again == record.event


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_canonical_bytes_are_read_back_and_written_alike(value: history.Json) -> None:
    written = history.canonical(value)
    assert json.loads(written) == value
    assert history.canonical(json.loads(written)) == written


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53 + 1, {1: "x"}, b"bytes", {"a": [0.0]}])
def test_what_has_no_one_form_never_enters_a_history(value: object) -> None:
    with pytest.raises(NotCanonical):
        history.canonical(value)


def test_a_missing_or_damaged_file_is_an_error_with_its_address(sqlite_office: Office) -> None:
    from engine.errors import FileMissing
    from engine.store.tables import artefacts

    place = history.address(b"never stored")
    with sqlite_office.engine.store.read() as connection, pytest.raises(FileMissing, match=place):
        eventstore.fetch(connection, place)
    with sqlite_office.engine.store.write() as connection:
        (kept,) = eventstore.keep(
            connection, (b"stored",), media="text/plain", at=sqlite_office.hand()
        )
        connection.execute(
            update(artefacts).where(artefacts.c.address == kept).values(content=b"altered")
        )
    with sqlite_office.engine.store.read() as connection, pytest.raises(FileMissing, match=kept):
        eventstore.fetch(connection, kept)


def test_the_table_of_events_has_the_columns_an_audit_compares(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    with sqlite_office.engine.store.read() as connection:
        rows = tuple(eventstore.copies(connection, plan))
        count = len(connection.execute(recorded.select().where(recorded.c.case_id == plan)).all())
    assert len(rows) == count
    assert [row[0] for row in rows] == list(range(1, count + 1))
