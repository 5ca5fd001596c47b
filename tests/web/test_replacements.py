"""Replacements on the pages: each one for staff, counts and causes for everybody."""

from __future__ import annotations

from tests.engine import chains
from tests.engine.test_replacement import GONE, officer_lost, request, visited, winners
from tests.web.conftest import House
from tests.web.test_oversight import AUDITOR
from tests.web.test_tasks import HANDLER


def test_staff_see_each_replacement_and_the_public_its_counts_only(house: House) -> None:
    office = house.office
    task = chains.drawn_task(office)
    number, drawn = office.case(task).number, winners(office, task)
    assert 'id="replaced"' not in house.visitor(HANDLER).get(f"/cases/{number}").text
    subjects = request(office, task, lost_units=drawn[:2], **GONE)
    page = house.visitor(HANDLER).page(f"/cases/{number}")
    assert "未抽取" in page
    assert 'id="replaced"' not in house.visitor().get(f"/public/draws/{number}").text
    chains.finish(office, subjects)
    officer, change = officer_lost(office, task, visited(office, task)[drawn[2]])
    chains.finish(office, change)
    (successor,) = winners(office, change)
    page = house.visitor(HANDLER).page(f"/cases/{number}")
    for told in (*drawn[:2], officer, successor, "注销", "人员回避", "已抽取"):
        assert told in page
    raw = house.visitor().get(f"/public/draws/{number}").text
    public = raw[raw.index('id="replaced"') :]
    public = public[: public.index("</section>")]
    assert "2 户（注销 2）" in public
    assert "1 人次（人员回避 1）" in public
    assert all(office.case(each).number in public for each in (subjects, change))
    for kept in (officer, successor, drawn[0], drawn[2], "王", "经办"):
        assert kept not in public, "no person and no subject beyond what is published anyway"
    own = house.visitor().page(f"/public/draws/{office.case(subjects).number}")
    assert "本次是替补抽取" in own


def test_the_rate_of_each_person_who_asked_is_monitored(house: House) -> None:
    office = house.office
    task = chains.drawn_task(office)
    drawn = winners(office, task)
    chains.finish(office, request(office, task, lost_units=drawn[:1], **GONE))
    page = house.visitor(AUDITOR).page("/oversight/replacements")
    assert "注销" in page
    assert str(len(drawn)) in page
