"""当: people do their tasks, try what they may not, and time passes."""

from __future__ import annotations

from pytest_bdd import step
from sqlalchemy import select, update

from engine.commands import CompleteTask, LookAtSealed
from engine.store.tables import events
from tests.engine import forgery
from tests.steps import words
from tests.steps.desk import Desk
from tests.steps.phrases import phrase


@step(phrase("办理「{task}」"))
def done(desk: Desk, task: str) -> None:
    desk.do(task)


@step(phrase("办理「{task}」："))
def done_with(desk: Desk, task: str, datatable: words.Table) -> None:
    desk.do(task, datatable)


@step(phrase("{department}答复「{task}」"))
def answered(desk: Desk, department: str, task: str) -> None:
    desk.do(task, key=words.DEPARTMENTS[department])


@step(phrase("{department}答复「{task}」："))
def answered_with(desk: Desk, department: str, task: str, datatable: words.Table) -> None:
    desk.do(task, datatable, key=words.DEPARTMENTS[department])


@step(phrase("{department}的{position}试图办理「{task}」"))
def tried(desk: Desk, department: str, position: str, task: str) -> None:
    desk.attempt(desk.person(department, position), task)


@step(phrase("{department}的{position}试图办理「{task}」："))
def tried_with(
    desk: Desk, department: str, position: str, task: str, datatable: words.Table
) -> None:
    desk.attempt(desk.person(department, position), task, datatable)


@step(phrase("有权的人试图办理「{task}」："))
def tried_by_the_right_person(desk: Desk, task: str, datatable: words.Table) -> None:
    slot = desk.slot(task)
    desk.attempt(desk.office.holder(desk.case, slot), task, datatable)


@step(phrase("办理「{earlier}」的人兼任{department}的{position}，试图办理「{task}」"))
def same_person_tries(desk: Desk, earlier: str, department: str, position: str, task: str) -> None:
    """Seat whoever did the earlier task in the later one's chair: only four eyes can stop them."""
    person = desk.case.done[desk.element(earlier)].by
    desk.seat(person, department, position)
    desk.attempt(person, task)


@step("不写理由而试图以特殊情况登记")
def special_without_reason(desk: Desk) -> None:
    desk.attempt_without("填写检查登记表", "special_reason", special_case=True)


@step("不写理由而试图动态调整清单")
def change_without_reason(desk: Desk) -> None:
    item = "事项编码=X；事项名称=X；类别=一般；检查依据=X；检查主体=X；检查内容=X；检查方式=X"
    rows = words.answers(desk.form("编制事项清单"), [["清单事项", f"{item}；检查实施清单编码=X"]])
    desk.attempt_without("编制事项清单", "list_reason", list_change="动态调整", **rows)


@step(phrase("再次提交已办完的「{task}」"))
def submitted_again(desk: Desk, task: str) -> None:
    desk.submit_again(task)


@step(phrase("依次办到「{task}」"))
def until(desk: Desk, task: str) -> None:
    desk.until(task)


@step("依次办到没有待办")
def finished(desk: Desk) -> None:
    desk.finish()


@step("办完全部下级检查")
def inspections_finished(desk: Desk) -> None:
    """Twice: what a surprise holds back is finished after the last visit."""
    task = desk.case_id
    for inspection in desk.children("检查") * 2:
        desk.take(inspection)
        desk.finish()
    desk.take(task)


@step(phrase("办完第{place:d}件下级检查"))
def inspection_finished(desk: Desk, place: int) -> None:
    task = desk.case_id
    desk.take(desk.children("检查")[place - 1])
    desk.finish()
    desk.take(task)


@step("看一眼封存中的抽取结果")
def looked(desk: Desk) -> None:
    desk.command(LookAtSealed(case_id=desk.case_id, actor=desk.person("消防", "经办人")))


@step(phrase("再次提交「{task}」："))
def submitted_anew(desk: Desk, task: str, datatable: words.Table) -> None:
    """Send the form of a closed task once more, as whoever may do it."""
    element = desk.element(task)
    node = desk.version.node(element)
    seats = desk.version.law.organisation.bind(node.lane or "", desk.case.parties)
    actor = desk.holder(tuple(f"{seat.department}/{seat.position}" for seat in seats))
    said = words.answers(desk.form(task), datatable)
    desk.command(CompleteTask(case_id=desk.case_id, actor=actor, element=element, data=said))


@step(phrase("到了{day:day}"))
def time_passes(desk: Desk, day: str) -> None:
    desk.office.on(day)


@step(phrase("有人绕过系统把历史中的「{old}」改成「{new}」"))
def tampered(desk: Desk, old: str, new: str) -> None:
    """Change recorded bytes as somebody with the database file could: triggers off."""
    before, after = f'"{old}"'.encode(), f'"{new}"'.encode()
    mine = events.c.case_id == desk.case_id
    with desk.office.engine.store.write() as connection:
        forgery.unlock(connection)
        rows = connection.execute(select(events.c.seq, events.c.body).where(mine)).all()
        forged = [(row.seq, row.body) for row in rows if before in row.body]
        assert forged, f"历史里没有「{old}」"
        for seq, body in forged:
            changed = update(events).where(mine, events.c.seq == seq)
            connection.execute(changed.values(body=body.replace(before, after)))


@step("换一个进程重新打开数据库")
def restarted(desk: Desk) -> None:
    desk.office = desk.office.restarted()
