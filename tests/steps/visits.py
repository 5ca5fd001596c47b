"""进一次门，查多项事: a visit of several departments, and the list that each fills in."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, step, then

from engine import joint
from engine.commands import CompleteTask
from engine.succession import SENT
from tests.engine import chains
from tests.steps import words
from tests.steps.desk import Desk
from tests.steps.opening import SUBJECT, opened_below
from tests.steps.phrases import phrase

TASK, LISTS = "填写部门检查表", joint.LISTS
SENT_BY = ("samr", "fire", "health")


@given("一件联合检查，市监局、消防、卫健局各派一人")
def joint_visit(desk: Desk) -> None:
    """Lay a joint visit on the desk as the draw would open it, without a task above it.

    市监局 checks both items, 消防 the first, 卫健局 the second."""
    team = [f"{desk.jurisdiction_prefix}-{code.upper()}-001" for code in SENT_BY]
    first, second = chains.ITEMS[desk.jurisdiction]
    allotted = ([first, second], [first], [second])
    parties: dict[str, tuple[str, ...]] = {
        "lead": ("samr",),
        "department": ("samr",),
        "participants": ("fire", "health"),
        "leader": (team[0],),
        "team": tuple(team),
        joint.ASKED: SENT_BY,
        **{f"{SENT}{code}": (who,) for code, who in zip(SENT_BY, team, strict=True)},
    }
    known: dict[str, Any] = {
        **SUBJECT,
        "lead_department": "samr",
        "plan_year": desk.office.today.year,
        "task_name": "2026年度餐饮服务部门联合抽查",
        "items": [first, second],
        "item_class": "一般",
        "task_start": "2026-03-02",
        "task_end": "2026-11-30",
        "origin": "随机抽查任务",
        "inspection_mode": "普通检查",
        "from_task": True,
        "draw_recorded": True,
        joint.IS_JOINT: True,
        joint.ALLOTTED: [
            {"department": code, "items": items}
            for code, items in zip(SENT_BY, allotted, strict=True)
        ],
    }
    desk.open("inspection", "检查", parties, known, by=None)


def officer(desk: Desk, department: str) -> str:
    """Return whom a department sent, as a person who signs in."""
    (sent,) = joint.officers(desk.case, words.DEPARTMENTS[department])
    return desk.holder((f"person:{sent}",))


def attempt(desk: Desk, person: str, department: str, table: words.Table = ()) -> None:
    """Have a person try to fill in a department's list, and keep the refusal."""
    slot = (LISTS, words.DEPARTMENTS[department])
    wishes = words.answers(desk.form(TASK), table)
    data = desk.office.answer(desk.case, slot, **wishes)
    desk.command(
        CompleteTask(case_id=desk.case_id, actor=person, element=slot[0], key=slot[1], data=data)
    )


@step(phrase("{department}派出的人试图填写{other}的检查表"))
def foreign_list(desk: Desk, department: str, other: str) -> None:
    attempt(desk, officer(desk, department), other)


@step(phrase("{department}派出的人试图填写{other}的检查表："))
def list_with(desk: Desk, department: str, other: str, datatable: words.Table) -> None:
    attempt(desk, officer(desk, department), other, datatable)


@step(phrase("{department}的经办人试图填写{other}的检查表"))
def list_of_a_colleague(desk: Desk, department: str, other: str) -> None:
    attempt(desk, desk.person(department, "经办人"), other)


@step(phrase("{department}派出的人试图确认各部门检查表"))
def review_by_another(desk: Desk, department: str) -> None:
    desk.attempt(officer(desk, department), "确认各部门检查表")


@step(phrase("{departments}填写检查表"))
def filled(desk: Desk, departments: str) -> None:
    for code in words.departments(departments):
        desk.do(TASK, key=code)


@step(phrase("{department}填写检查表："))
def filled_with(desk: Desk, department: str, datatable: words.Table) -> None:
    desk.do(TASK, datatable, key=words.DEPARTMENTS[department])


@step(phrase("各部门填写并确认检查表，只有{finder}发现问题，选定「{disposition}」"))
def one_department_finds(desk: Desk, finder: str, disposition: str) -> None:
    """Every department fills in its list; nothing is left to whom chance gives a problem."""
    code = words.DEPARTMENTS[finder]
    for element, key in [slot for slot in desk.waiting() if slot[0] == LISTS]:
        is_found = key == code
        rows = [{"item": item, "codes": ["未发现问题"]} for item in joint.items_of(desk.case, key)]
        said: dict[str, Any] = {"item_results": rows}
        if is_found:
            rows[0] |= {"codes": ["发现问题待后续处理"], "note": "后厨台账登记不全"}
            said |= {"list_disposition": disposition}
        desk.office.do(desk.case_id, element, key=key, **said)
    desk.do("确认各部门检查表", [["检查表意见", "确认"]])


@step("检查当日当场责令改正")
def ordered_on_the_spot(desk: Desk) -> None:
    """Report an order that was given on the spot, on the day the visit ended."""
    day = desk.case.fields["ended_on"]
    desk.office.do(
        desk.case_id,
        "order",
        order_manner="当场责令",
        order_issued_on=day,
        decision_on=day,
        site_order_reason="有险情，必须立即停用",
    )


@then(phrase("等着填写检查表的是{departments}"))
def asked(desk: Desk, departments: str) -> None:
    waiting = {key for element, key in desk.waiting() if element == LISTS}
    assert waiting == set(words.departments(departments))


@then("没有人在等检查表")
def nobody_asked(desk: Desk) -> None:
    assert not [slot for slot in desk.waiting() if slot[0] == LISTS]


@then(phrase("{department}的检查表由它派出的人填写"))
def own_officer(desk: Desk, department: str) -> None:
    code = words.DEPARTMENTS[department]
    wanted = tuple(f"person:{who}" for who in joint.officers(desk.case, code))
    assert wanted
    assert desk.case.offers[LISTS, code].seats == wanted


@then(phrase("历史里{department}的检查表有{count:d}份，以最后一份为准"))
def kept(desk: Desk, department: str, count: int) -> None:
    code = words.DEPARTMENTS[department]
    said = [each for each in desk.happened("task-answered") if each["key"] == code]
    assert len(said) == count
    (counts,) = [each for each in joint.lists(desk.case) if each["department"] == code]
    assert counts[joint.LISTED] == said[-1]["data"][joint.LISTED]


@then(phrase("汇总的逐项结果来自{departments}"))
def gathered(desk: Desk, departments: str) -> None:
    rows = desk.case.fields[joint.LISTED]
    assert {row["department"] for row in rows} == set(words.departments(departments))


@then(phrase("结果告知书只有一份，列明{departments}查到的结果"))
def one_notice(desk: Desk, departments: str) -> None:
    made = [
        said
        for said in desk.happened("service-completed")
        if said["name"] == "document.result_notice"
    ]
    (said,) = made
    content = desk.office.engine.shelf.fetch(said["artefacts"][0]).decode()
    known = desk.version.law.organisation.departments
    for code in words.departments(departments):
        assert f"<td>{known[code].name}</td>" in content


@then(phrase("后续的「{process}」由{department}办理"))
def followed_up_by(desk: Desk, process: str, department: str) -> None:
    (child,) = desk.children(process)
    assert desk.office.case(child).parties["department"] == (words.DEPARTMENTS[department],)


@then(phrase("本案只写{department}查到的情况，复查的是{same}派出的人"))
def own_finding(desk: Desk, department: str, same: str) -> None:
    visit = desk.office.case(desk.parents[-1])
    code = words.DEPARTMENTS[department]
    assert desk.case.fields["findings"] == joint.told_by(visit, code)
    assert joint.told_by(visit, code)
    sent = joint.officers(visit, words.DEPARTMENTS[same])
    assert desk.case.parties["leader"] == sent[:1]
    assert desk.case.parties["lead"] == (code,)


@then("每一户都由派了人的各部门各填一份检查表")
def every_department_asked(desk: Desk) -> None:
    for child in desk.children("检查"):
        case = desk.office.case(child)
        sent = joint.departments(case)
        assert set(sent) == {"samr", "fire", "health"}
        assert case.parties[joint.ASKED] == sent
        members = [who for code in sent for who in joint.officers(case, code)]
        assert sorted(members) == sorted(case.parties["team"])
        for code in sent:
            assert joint.items_of(case, code)


# ---------------------------------------------------------------- 有人不能到


@step(phrase("本次检查{department}派出的人因{cause}不能参加，申请替补抽取"))
def officer_lost(desk: Desk, department: str, cause: str) -> None:
    """Ask the task for another officer; the visit stays the case to come back to."""
    visit = desk.case
    (lost, *_) = joint.officers(visit, words.DEPARTMENTS[department])
    desk.take(desk.parents.pop())
    opened_below(desk, "替补抽取")
    desk.parents.append(visit.case_id)
    desk.office.do(
        desk.case_id,
        "request",
        replacement_kind="检查人员",
        replacement_cause=cause,
        lost_units=[visit.fields["unit_id"]],
        replaced_officer=lost,
    )


@then(phrase("{department}的检查表换由抽中的人填写，仍是{same}的人"))
def replaced(desk: Desk, department: str, same: str) -> None:
    code = words.DEPARTMENTS[department]
    (offered,) = [key for element, key in desk.waiting() if (element, key) == (LISTS, code)]
    seats = desk.case.offers[LISTS, offered].seats
    first = desk.office.folded(desk.case_id, 1).parties[f"{SENT}{code}"]
    assert seats != tuple(f"person:{who}" for who in first)
    assert all(f"-{words.DEPARTMENTS[same].upper()}-" in seat for seat in seats)
