"""替补 of a 突击检查: a fresh round and new secrets, hidden like the first draw, opened with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from engine.commands import LookAtSealed
from engine.draw import verify
from engine.errors import FormInvalid
from engine.service import RecordedRefusal
from engine.store.tables import sealed
from tests.engine import chains
from tests.engine.office import Office
from tests.engine.test_replacement import GONE, officer_lost, request, visited, winners
from tests.engine.test_sealed import SURPRISE


@pytest.fixture
def office(office: Office, tmp_path: Path) -> Office:
    office.engine.var = tmp_path
    return office


@pytest.fixture
def here(sqlite_office: Office, tmp_path: Path) -> Office:
    """The same on SQLite alone, where a story is about the engine and not about the database."""
    sqlite_office.engine.var = tmp_path
    return sqlite_office


def _waits(office: Office, replacement: UUID) -> bool:
    case = office.case(replacement)
    return not case.is_closed and not case.offers and "replacement_handed_out" in case.fields


def _end_visits(office: Office, task: UUID) -> None:
    for visit in office.children(task, "inspection"):
        if not office.case(visit).is_closed:
            chains.until(office, visit, "record")


def _rows(office: Office, *cases: UUID) -> list[dict[str, Any]]:
    return [row for row in office.publications() if row["case_id"] in cases]


def test_it_is_drawn_with_new_secrets_hidden_and_opened_with_the_first(
    office: Office, tmp_path: Path
) -> None:
    task = chains.drawn_task(office, **SURPRISE)
    drawn = winners(office, task)
    replacement = request(office, task, lost_units=drawn[:1], **GONE)
    chains.until(office, replacement, "seal")
    chains.finish(office, replacement)
    assert _waits(office, replacement)
    fields = office.case(replacement).fields
    (new,) = winners(office, replacement)
    assert set(visited(office, task)) == {*drawn, new}
    assert fields["draw_mode"] == "sealed"
    assert "draw_key" not in fields
    assert not _rows(office, task, replacement)
    folder = tmp_path / "evidence" / office.case(replacement).number
    assert not folder.exists()
    look = LookAtSealed(case_id=replacement, actor=office.person("cy-fire-handler1"))
    with pytest.raises(RecordedRefusal, match="最后一次检查结束前"):
        office.engine.handle(look)
    assert office.audit(replacement).is_clean

    _end_visits(office, task)
    fields = office.case(replacement).fields
    assert list(office.open_tasks(replacement)) == [("opened_receipt", "")], "of its list as well"
    chains.finish(office, replacement)
    assert office.case(replacement).is_closed
    assert len(fields["reveals"]) == 3
    assert fields["reveals"] != office.case(task).fields["reveals"]
    assert fields["docket"][-1]["state"] == "disclosed"
    rows = [row for row in reversed(office.publications()) if row["case_id"] == replacement]
    assert [row["kind"] for row in rows] == ["manifest", "task"]
    assert all(row["title"].endswith("（启封后公布）") for row in rows)
    for case_id in (task, replacement):
        place = tmp_path / "evidence" / office.case(case_id).number / "evidence.json"
        assert verify.main([str(place)]) == 0
    chains.finish(office, task)
    for visit in office.children(task, "inspection"):
        chains.finish(office, visit)
    assert all(audit.is_clean for audit in office.audit_all())


def test_the_task_is_not_opened_while_a_replacement_is_being_drawn(here: Office) -> None:
    office = here
    task = chains.drawn_task(office, **SURPRISE)
    replacement = request(office, task, lost_units=winners(office, task)[:1], **GONE)
    _end_visits(office, task)
    assert "seal_opened_on" not in office.case(task).fields, "a visit is still to come"
    chains.finish(office, replacement)
    assert _waits(office, replacement)
    _end_visits(office, task)
    assert "seal_opened_on" in office.case(task).fields
    assert "seal_opened_on" in office.case(replacement).fields


def test_a_second_one_does_not_wait_for_a_first_that_only_waits_for_the_opening(
    here: Office,
) -> None:
    office = here
    task = chains.drawn_task(office, **SURPRISE)
    drawn = winners(office, task)
    first = request(office, task, lost_units=drawn[:1], **GONE)
    chains.finish(office, first)
    second = request(office, task, lost_units=drawn[1:2], **GONE)
    chains.finish(office, second)
    assert _waits(office, first)
    assert _waits(office, second)
    assert office.case(second).fields["manifest_seq"] == 3
    assert len({*drawn, *winners(office, first), *winners(office, second)}) == len(drawn) + 2
    _end_visits(office, task)
    assert all("seal_opened_on" in office.case(each).fields for each in (first, second))


def test_an_officer_is_replaced_as_quietly(here: Office, tmp_path: Path) -> None:
    office = here
    task = chains.drawn_task(office, **SURPRISE)
    visit = next(iter(visited(office, task).values()))
    _, replacement = officer_lost(office, task, visit)
    chains.finish(office, replacement)
    assert _waits(office, replacement)
    (successor,) = winners(office, replacement)
    assert successor in office.case(visit).parties["team"]
    assert not _rows(office, task, replacement)
    _end_visits(office, task)
    assert office.case(replacement).is_closed
    assert [row["kind"] for row in _rows(office, replacement)] == ["manifest"]
    place = tmp_path / "evidence" / office.case(replacement).number / "evidence.json"
    assert verify.main([str(place)]) == 0
    assert office.audit(replacement).is_clean


def test_a_secret_that_does_not_open_voids_the_replacement_and_says_so_at_the_end(
    office: Office,
) -> None:
    task = chains.drawn_task(office, **SURPRISE)
    drawn = winners(office, task)
    replacement = request(office, task, lost_units=drawn[:1], **GONE)
    chains.until(office, replacement, "verify")
    with office.engine.store.write() as connection:
        ours = sealed.c.case_id == replacement
        connection.execute(update(sealed).where(ours).values(content=b"0" * 80))
    office.do(replacement, "verify")
    assert office.case(replacement).fields["draw_void"] is True
    assert set(visited(office, task)) == set(drawn), "nobody was drawn"
    assert not _rows(office, task, replacement), "a notice would tell of the surprise"
    _end_visits(office, task)
    assert office.case(replacement).is_closed
    (notice,) = _rows(office, replacement)
    assert notice["body"]["manifest_state"] == "已作废"
    assert office.case(task).fields["draw_void"] is False
    assert office.audit(replacement).is_clean


def test_a_secret_lost_before_the_opening_voids_it_then(here: Office) -> None:
    office = here
    task = chains.drawn_task(office, **SURPRISE)
    replacement = request(office, task, lost_units=winners(office, task)[:1], **GONE)
    chains.finish(office, replacement)
    with office.engine.store.write() as connection:
        connection.execute(delete(sealed).where(sealed.c.case_id == replacement))
    _end_visits(office, task)
    assert office.case(replacement).fields["docket"][-1]["state"] == "void"
    assert [row["body"]["manifest_state"] for row in _rows(office, replacement)] == ["已作废"]
    assert office.audit(replacement).is_clean


def test_it_needs_three_secrets_again(here: Office) -> None:
    task = chains.drawn_task(here, **SURPRISE)
    lost = winners(here, task)[:1]
    with pytest.raises(FormInvalid, match="3 方"):
        request(here, task, lost_units=lost, seal_parties=["samr"], **GONE)


def test_after_the_opening_nothing_is_left_to_replace(here: Office) -> None:
    task = chains.drawn_task(here, **SURPRISE)
    _end_visits(here, task)
    with pytest.raises(FormInvalid, match="差额照实记录"):
        request(here, task, lost_units=winners(here, task)[:1], **GONE)


def test_a_list_of_an_opened_replacement_that_is_published_late_is_supervised(
    here: Office,
) -> None:
    office = here
    task = chains.drawn_task(office, **SURPRISE)
    replacement = request(office, task, lost_units=winners(office, task)[:1], **GONE)
    chains.finish(office, replacement)
    _end_visits(office, task)
    assert ("opened_supervise", "") not in office.open_tasks(replacement)
    late = office.case(replacement).deadlines["opened_publication_late", ""].due_at
    assert late is not None
    office.hand.moment = late
    office.settle()
    assert ("opened_supervise", "") in office.open_tasks(replacement)
    assert ("opened_receipt", "") in office.open_tasks(replacement), "late is not never"
    office.do(replacement, "opened_supervise")
    assert office.audit(replacement).is_clean
