"""那么: legal clocks, by the name of the rule that sets them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pytest_bdd import step, then

from engine import calendars, clock
from engine.case import Deadline
from tests.steps import words
from tests.steps.desk import Desk
from tests.steps.phrases import phrase


def running(desk: Desk, rule: str) -> Deadline:
    found = [deadline for deadline in desk.case.deadlines.values() if rule in deadline.rule]
    assert found, f"没有在走的期限「{rule}」：{[d.rule for d in desk.case.deadlines.values()]}"
    return found[0]


def set_events(desk: Desk, rule: str) -> list[dict[str, Any]]:
    return [said for said in desk.happened("deadline-set") if said["rule"] == f"rule:{rule}"]


@then(phrase("期限「{rule}」截至{day:day}二十四时"))
def due(desk: Desk, rule: str, day: str) -> None:
    assert running(desk, rule).due_at == clock.end_of_day(words.day(day)), running(desk, rule)


@then(phrase("期限「{rule}」没有在走"))
def not_running(desk: Desk, rule: str) -> None:
    assert set_events(desk, rule), f"期限「{rule}」从未起算"
    assert not [d for d in desk.case.deadlines.values() if d.rule == f"rule:{rule}"]


@then(phrase("期限「{rule}」从未起算"))
def never_set(desk: Desk, rule: str) -> None:
    assert desk.law.has_rule(rule), f"没有规则「{rule}」"
    assert set_events(desk, rule) == []


@then(phrase("期限「{rule}」数了{counted:d}个工作日"))
def counted(desk: Desk, rule: str, counted: int) -> None:
    assert set_events(desk, rule)[-1]["counted"] == counted


@then(phrase("期限「{rule}」待查：{missing}，暂按{day:day}显示"))
def provisional(desk: Desk, rule: str, missing: str, day: str) -> None:
    deadline = running(desk, rule)
    assert deadline.due_at is None
    assert (deadline.missing, deadline.provisional) == (missing, day)


@then(phrase("期限「{rule}」记为逾期"))
def missed(desk: Desk, rule: str) -> None:
    assert [m["rule"] for m in desk.happened("deadline-missed")].count(rule) == 1


@then(phrase("期限「{rule}」没有逾期"))
def not_missed(desk: Desk, rule: str) -> None:
    assert set_events(desk, rule), f"期限「{rule}」从未起算"
    assert rule not in [m["rule"] for m in desk.happened("deadline-missed")]


@then("没有任何逾期")
def nothing_missed(desk: Desk) -> None:
    assert desk.happened("deadline-missed") == []


@step(phrase("国务院办公厅公布{year}年节假日安排，{off}放假"))
def calendar_published(desk: Desk, year: str, off: str) -> None:
    """Load a published year as `ssj` does: what would move is listed first, then it moves."""
    lines = ["date,kind", *(f"{day},holiday" for day in words.listed(off))]
    files = calendars.read({f"{year}.csv": ("\n".join(lines) + "\n").encode()})
    shown = calendars.moves(desk.office.engine, files)
    assert desk.happened("deadline-recomputed") == [], "只是列出，还没有改期"
    assert calendars.apply(desk.office.engine, files) == shown
    assert desk.case_id in {move.case_id for move in shown}
    desk.office.settle()


@step(phrase("调度程序晚到{hours:d}小时才触发"))
def late_tick(desk: Desk, hours: int) -> None:
    """Let the first due clock pass, and wake the scheduler only hours later."""
    moments = [d.due_at for d in desk.case.deadlines.values() if d.due_at is not None]
    desk.office.hand.moment = max(desk.office.hand.moment, min(moments) + timedelta(hours=hours))
    desk.office.settle()


@then(phrase("逾期的时刻仍是{day:day}二十四时"))
def missed_at(desk: Desk, day: str) -> None:
    moments = {m["due_at"] for m in desk.happened("deadline-missed")}
    assert moments == {clock.text(clock.end_of_day(words.day(day)))}
