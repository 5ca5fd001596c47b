"""What only follows from the history can be lost and comes back: `ssj rebuild`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select, update

from engine.cli import group
from engine.errors import HistoryDamaged
from engine.rebuilding import rebuild_case
from engine.store import readings, views
from engine.store.tables import cases, events, publications, timers, worklist
from tests.engine import chains, forgery
from tests.engine.office import Office


def ssj(office: Office, *words: str) -> Result:
    address = office.engine.store.engine.url.render_as_string(hide_password=False)
    return CliRunner().invoke(group, list(words), env={"SSJ_DATABASE_URL": address, "LANG": "C"})


def by_day(office: Office) -> list[dict[str, Any]]:
    """Return what is published, each with the day of its publication."""
    return [{**each, "published_at": each["published_at"].date()} for each in office.publications()]


def test_views_that_somebody_deleted_are_there_again(office: Office) -> None:
    plan = chains.drafted_plan(office)
    office.do(plan, "sign_off")
    with office.engine.store.read() as connection:
        row = readings.case_by_id(connection, plan)
        before = views.standing(connection, plan)
    assert row is not None
    assert before["timers"]
    with office.engine.store.write() as connection:
        for table in (worklist, timers):
            connection.execute(delete(table).where(table.c.case_id == plan))
        connection.execute(update(cases).where(cases.c.case_id == plan).values(state=b"{}"))
    mended = rebuild_case(office.engine, row).mended
    assert mended == {name: (len(before[name]), 0) for name in ("worklist", "timers")}
    with office.engine.store.read() as connection:
        assert views.standing(connection, plan) == before
    assert not rebuild_case(office.engine, row).mended
    chains.finish(office, plan)


def test_a_row_that_no_history_knows_goes(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    with sqlite_office.engine.store.write() as connection:
        stray = dict(connection.execute(select(worklist)).mappings().first() or {})
        connection.execute(worklist.insert(), {**stray, "element": "ghost"})
        row = readings.case_by_id(connection, stray["case_id"])
    assert row is not None
    assert rebuild_case(sqlite_office.engine, row).mended == {"worklist": (0, 1)}
    assert plan


def test_what_was_published_comes_back_with_the_day_of_its_publication(
    sqlite_office: Office,
) -> None:
    plan = chains.drafted_plan(sqlite_office)
    chains.finish(sqlite_office, plan)
    before = by_day(sqlite_office)
    assert before
    sqlite_office.hand.moment = sqlite_office.hand.moment.replace(year=2027)
    with sqlite_office.engine.store.write() as connection:
        connection.execute(delete(publications))
    assert ssj(sqlite_office, "rebuild", "--all").exit_code == 0
    assert by_day(sqlite_office) == before


def test_the_verb_says_what_was_otherwise(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    number = sqlite_office.case(plan).number
    with sqlite_office.engine.store.write() as connection:
        connection.execute(delete(worklist).where(worklist.c.case_id == plan))
    told = ssj(sqlite_office, "rebuild", number)
    assert told.exit_code == 0, told.output
    assert f"{number}：worklist +" in told.output
    again = ssj(sqlite_office, "rebuild", "--all", "--json")
    said = json.loads(again.output)
    assert (said["mended"], said["refused"]) == ([], [])
    assert said["cases"] >= 1


def test_a_damaged_case_is_named_and_the_others_are_rebuilt(sqlite_office: Office) -> None:
    broken, sound = chains.drafted_plan(sqlite_office), chains.drafted_plan(sqlite_office)
    with sqlite_office.engine.store.write() as connection:
        forgery.unlock(connection)
        place = (events.c.case_id == broken) & (events.c.seq == 1)
        connection.execute(update(events).where(place).values(body=b"{}"))
        connection.execute(delete(worklist))
    told = ssj(sqlite_office, "rebuild", "--all")
    assert told.exit_code == 1
    assert f"{sqlite_office.case(sound).number}：worklist +" in told.output
    assert "存储的记录已受损" in told.output


def test_a_history_cut_off_at_its_end_is_not_taken_for_the_whole(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    last = len(sqlite_office.records(plan))
    with sqlite_office.engine.store.write() as connection:
        forgery.unlock(connection)
        connection.execute(delete(events).where(events.c.case_id == plan, events.c.seq == last))
        row = readings.case_by_id(connection, plan)
    assert row is not None
    with pytest.raises(HistoryDamaged, match=f"第 {last} 号事件"):
        rebuild_case(sqlite_office.engine, row)


@pytest.mark.parametrize("words", [("rebuild",), ("rebuild", "CY-2026-LH-0001", "--all")])
def test_one_case_or_all_of_them(tmp_path: Path, words: tuple[str, ...]) -> None:
    told = CliRunner().invoke(group, list(words), env={"SSJ_VAR": str(tmp_path)})
    assert told.exit_code == 2
