"""Draw day: a hall sees the freeze, two covered entries and the draw; who presents, who watches."""

from __future__ import annotations

import json
import re
from uuid import UUID

import pytest

from engine.commands import CompleteTask
from engine.store.tables import work
from tests.engine import chains
from tests.web.conftest import House
from web import streams


def until(house: House, case_id: UUID, element: str) -> None:
    office = house.office
    for _ in range(40):
        waiting = [slot for slot, offer in office.case(case_id).offers.items() if not offer.missing]
        if (element, "") in waiting:
            return
        office.do(case_id, waiting[0][0], key=waiting[0][1])
    raise AssertionError(office.open_tasks(case_id))


@pytest.fixture
def meeting(house: House) -> tuple[UUID, str]:
    """A task whose manifest is public and whose value is not entered yet."""
    case_id = chains.task(house.office, chains.approved_plan(house.office))
    until(house, case_id, "record")
    return case_id, house.office.case(case_id).number


def test_the_wall_follows_the_draw_and_covers_a_value_until_both_agree(
    house: House, meeting: tuple[UUID, str]
) -> None:
    case_id, number = meeting
    presenter = house.visitor("cy-samr-handler1")
    wall = presenter.page(f"/draw-day/{number}")
    fields = house.office.case(case_id).fields
    assert "等待录入" in wall
    assert fields["frame"]["list_root"] in wall
    assert fields["manifest_hash"][:8] in wall
    house.office.do(case_id, "record")
    value = str(house.office.case(case_id).fields["beacon_value"])
    wall = presenter.page(f"/draw-day/{number}/part")
    assert "已录入，两人一致后显示" in wall
    assert value.rpartition("=")[2] not in wall
    until(house, case_id, "verify")
    house.office.do(case_id, "verify")
    wall = presenter.page(f"/draw-day/{number}/part")
    after = house.office.case(case_id).fields
    drawn = json.loads(house.office.engine.shelf.fetch(after["draw"]))
    assert value.rpartition("=")[2] in wall
    assert drawn["digest"] in wall
    assert all(line.rpartition("|")[2] in wall for line in drawn["winners"])


def test_the_wall_shows_a_percentage_only_where_one_is_counted(house: House) -> None:
    """A freeze counts none: the wall says since when it runs, not that nothing has been done."""
    office = house.office
    case_id = chains.task(office, chains.approved_plan(office))
    until(house, case_id, "record")
    case, wall = office.case(case_id), f"/draw-day/{office.case(case_id).number}/part"
    presenter = house.visitor("cy-samr-handler1")
    office.do(case_id, "record")
    until(house, case_id, "verify")
    said = office.answer(office.case(case_id), ("verify", ""))
    office.engine.handle(
        CompleteTask(
            case_id=case_id,
            actor=office.holder(office.case(case_id), ("verify", "")),
            element="verify",
            data=said,
        )
    )
    assert "等待计算。" in presenter.page(wall), case.number
    drawing = work.update().where(work.c.name == "draw.objects")
    with office.engine.store.write() as connection:
        connection.execute(drawing.values(started_at=office.engine.now()))
    told = presenter.page(wall)
    assert "起正在进行，还没有百分比" in told
    assert "0 %" not in told
    with office.engine.store.write() as connection:
        connection.execute(drawing.values(progress=40))
    assert "40 %" in presenter.page(wall)
    page = presenter.page(f"/cases/{case.number}")
    assert "40 %" in page
    assert re.search(r"计算中 40 % 40 % \d{4}-\d\d-\d\d \d\d:\d\d:\d\d 起", page)


def test_the_lead_presents_others_of_the_city_do_not_and_strangers_sign_in(
    house: House, meeting: tuple[UUID, str]
) -> None:
    _, number = meeting
    assert house.visitor("cy-samr-handler1").get(f"/draw-day/{number}").status_code == 200
    assert house.visitor("cy-fire-handler1").get(f"/draw-day/{number}").status_code == 403
    assert house.visitor("pj-samr-handler1").get(f"/draw-day/{number}").status_code == 403
    assert house.visitor().get(f"/draw-day/{number}").status_code == 302


def test_the_public_watches_only_while_the_lead_has_opened_the_wall(
    house: House, meeting: tuple[UUID, str]
) -> None:
    _, number = meeting
    public = house.visitor()
    presenter = house.visitor("cy-samr-handler1")
    for path in ("", "/part", "/stream"):
        assert public.get(f"/public/draw-day/{number}{path}").status_code == 404
    presenter.post(f"/draw-day/{number}/audience", {"public": "yes"})
    wall = public.page(f"/public/draw-day/{number}")
    assert "抽取清单哈希" in wall
    assert "不再向公众开放" not in wall
    presenter.post(f"/draw-day/{number}/audience", {"public": "no"})
    assert public.get(f"/public/draw-day/{number}").status_code == 404


def test_another_kind_of_case_has_no_draw_day(house: House) -> None:
    plan = house.office.case(chains.drafted_plan(house.office)).number
    assert house.visitor("cy-samr-handler1").get(f"/draw-day/{plan}").status_code == 404


def test_a_surprise_inspection_is_never_projected_before_its_end(house: House) -> None:
    case_id = chains.task(
        house.office,
        chains.approved_plan(house.office),
        surprise=True,
        surprise_ground="接到举报，须突击检查",
    )
    number = house.office.case(case_id).number
    presenter = house.visitor("cy-samr-handler1")
    answer = presenter.get(f"/draw-day/{number}")
    assert answer.status_code == 403
    assert "突击检查" in answer.get_data(as_text=True)
    presenter.post(f"/draw-day/{number}/audience", {"public": "yes"})
    assert house.visitor().get(f"/public/draw-day/{number}").status_code == 404
    assert house.visitor().get(f"/public/draws/{number}").status_code == 404


def test_a_look_at_a_sealed_draw_stays_in_its_history(house: House) -> None:
    case_id = chains.drawn_task(
        house.office, surprise=True, surprise_ground="防止转移", surprise_ground_given=True
    )
    number = house.office.case(case_id).number
    answer = house.visitor("cy-samr-handler1").get(f"/draw-day/{number}")
    assert answer.status_code >= 400
    drawn = json.loads(house.office.engine.shelf.fetch(house.office.case(case_id).fields["draw"]))
    assert not any(line.rpartition("|")[2] in answer.text for line in drawn["winners"])
    assert "attempt-refused" in house.office.kinds(case_id)
    for path in (f"/public/draws/{number}", f"/public/draws/{number}/list.txt"):
        assert house.visitor().get(path).status_code == 404


def test_a_stream_tells_of_every_move_and_ends(house: House, meeting: tuple[UUID, str]) -> None:
    case_id, _ = meeting
    store = house.office.engine.store
    looks = 0

    def pause(_seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            house.office.do(case_id, "record")

    told = list(streams.follow(store, case_id, "", seconds=4, pause=pause))
    assert told[0].startswith("retry: ")
    news = [line for line in told if line.startswith("id: ")]
    assert len(news) == 2
    assert news[0] != news[1]
    place = news[-1].splitlines()[0].removeprefix("id: ")
    again = streams.follow(store, case_id, place, seconds=20, pause=lambda _: None)
    assert [line for line in again if line.startswith("id: ")] == []


def test_streams_leave_most_threads_to_pages(house: House, meeting: tuple[UUID, str]) -> None:
    _, number = meeting
    presenter = house.visitor("cy-samr-handler1")
    held = [presenter.get(f"/draw-day/{number}/stream") for _ in range(streams.PLACES)]
    assert {answer.status_code for answer in held} == {200}
    refused = presenter.get(f"/draw-day/{number}/stream")
    assert refused.status_code == 503
    assert "名额已满" in refused.get_data(as_text=True)
    for answer in held:
        answer.close()
    with presenter.get(f"/draw-day/{number}/stream") as free:
        assert free.status_code == 200
        assert free.headers["Content-Type"].startswith("text/event-stream")
