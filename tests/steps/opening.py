"""假如: where and when a scenario plays, and which case lies on the desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pytest_bdd import given, step

from engine.errors import Refusal
from tests.engine import chains
from tests.steps import words
from tests.steps.desk import Desk
from tests.steps.phrases import phrase

SUBJECT = {"subject_id": "91220104MA0000000X", "subject_name": "合成餐饮店"}
PEOPLE = ("{0}-SAMR-001", "{0}-SAMR-002")


@given(phrase("在{city}，{day}"))
def somewhere(desk: Desk, city: str, day: str) -> None:
    desk.jurisdiction = words.CITIES[city]
    desk.office.on(day)


@given(phrase("在{city}"))
def in_city(desk: Desk, city: str) -> None:
    desk.jurisdiction = words.CITIES[city]


def open_case(desk: Desk, department: str, process: str, **parties: tuple[str, ...]) -> None:
    """Open a case as that department's handler, or head where the diagram begins with one."""
    lead = words.DEPARTMENTS[department]
    team = tuple(name.format(desk.jurisdiction_prefix) for name in PEOPLE)
    everyone: dict[str, tuple[str, ...]] = {
        "lead": (lead,),
        "department": (lead,),
        "leader": team[:1],
        "team": team,
        "coordinator": ("samr",),
        **parties,
    }
    fields: dict[str, Any] = {"lead_department": lead, **SUBJECT}
    desk.open(words.PROCESSES[process], process, everyone, fields, by=_opener(desk, process, lead))


def _opener(desk: Desk, process: str, lead: str) -> str:
    """Return somebody of the department in the lane where the diagram begins."""
    version = desk.in_force(words.PROCESSES[process])
    start = next(n for n in version.definition.nodes.values() if n.kind == "startEvent")
    seats = version.law.organisation.bind(
        start.lane or "", {"lead": (lead,), "department": (lead,)}
    )
    return desk.holder(tuple(f"{seat.department}/{seat.position}" for seat in seats))


@step(phrase("{department}新立「{process}」"))
def opened(desk: Desk, department: str, process: str) -> None:
    open_case(desk, department, process)


@step(phrase("{department}新立「{process}」，参与部门为{participants}"))
def opened_with(desk: Desk, department: str, process: str, participants: str) -> None:
    open_case(desk, department, process, participants=words.departments(participants))


@step(phrase("{department}试图新立「{process}」"))
def tried_to_open(desk: Desk, department: str, process: str) -> None:
    desk.refused = None
    try:
        desk.open(
            words.PROCESSES[process],
            process,
            {"lead": ("samr",), "department": ("samr",)},
            {},
            by=desk.person(department, "经办人"),
        )
    except Refusal as refusal:
        desk.refused = refusal


@given("一份已起草的部门联合抽查计划")
def drafted(desk: Desk) -> None:
    desk.take(chains.drafted_plan(desk.office, desk.jurisdiction))


@given("一份已起草的部门联合抽查计划：")
def drafted_with(desk: Desk, datatable: words.Table) -> None:
    form = desk.form_in("joint_plan", "draft")
    changes = words.answers(form, datatable)
    desk.take(chains.drafted_plan(desk.office, desk.jurisdiction, **changes))


@given("一份已批准的部门联合抽查计划")
def approved(desk: Desk) -> None:
    desk.take(chains.approved_plan(desk.office, desk.jurisdiction))


@given("一份已批准的部门联合抽查计划：")
def approved_with(desk: Desk, datatable: words.Table) -> None:
    form = desk.form_in("joint_plan", "draft")
    changes = words.answers(form, datatable)
    desk.take(chains.approved_plan(desk.office, desk.jurisdiction, **changes))


@step("换回前一件案件")
def the_other_case(desk: Desk) -> None:
    assert desk.before is not None, "还没有前一件案件"
    desk.take(desk.before)


@step("据此生成抽查任务")
def task_of_plan(desk: Desk) -> None:
    desk.take(chains.task(desk.office, desk.case_id, desk.jurisdiction))


@step("据此生成抽查任务：")
def task_of_plan_with(desk: Desk, datatable: words.Table) -> None:
    form = desk.form_in("inspection_task", "choose")
    changes = words.answers(form, datatable)
    desk.take(chains.task(desk.office, desk.case_id, desk.jurisdiction, **changes))


@given("一项选定了计划事项的抽查任务")
def chosen_task(desk: Desk) -> None:
    approved(desk)
    task_of_plan(desk)


@given("一项选定了计划事项的抽查任务，参与部门也坐在发起部门的席位上")
def chosen_task_with_two_leads(desk: Desk) -> None:
    """Bind both departments as leads: what a mistaken set of parties would let through."""
    approved(desk)
    leads = ("samr", "fire")
    desk.open(
        "inspection_task",
        "抽查任务",
        {"lead": leads, "department": leads, "participants": ("fire", "health")},
        {"lead_department": "samr"},
        by=desk.person("市监局", "经办人"),
        parent=desk.case_id,
    )
    desk.do("选定计划事项", [["部门联合任务", "是"], ["参与部门", "消防、卫健局"]])


@step(phrase("在本案之下新立「{process}」"))
def opened_below(desk: Desk, process: str) -> None:
    """Open a case under the one at hand, as somebody of the lead department."""
    lead = desk.case.parties["lead"]
    handled = desk.office.open(
        words.PROCESSES[process],
        by=f"{words.PREFIX[desk.jurisdiction]}-{lead[0]}-handler1",
        lead=lead[0],
        jurisdiction=desk.jurisdiction,
        title=f"{process}（场景）",
        parent=desk.case_id,
        participants=desk.case.parties.get("participants", ()),
    )
    desk.parents.append(desk.case_id)
    desk.take(handled)


@given("一项已下达检查的抽查任务")
def drawn_task(desk: Desk) -> None:
    desk.take(chains.drawn_task(desk.office, desk.jurisdiction))


@given("一项突击检查的抽查任务，名单已抽出")
def sealed_task(desk: Desk) -> None:
    ground = {"surprise_ground": "防止转移问题食品", "surprise_ground_given": True}
    desk.take(chains.drawn_task(desk.office, desk.jurisdiction, surprise=True, **ground))


@given("一件已下达的检查")
def one_inspection(desk: Desk) -> None:
    drawn_task(desk)
    desk.descend("检查", 1)


@given(phrase("一件单独的检查"))
def inspection_alone(desk: Desk) -> None:
    """Put an inspection on the desk as the draw would open it, without a task above it."""
    open_case_as_system(desk, "检查")


@given("一件经批准的突击检查")
def approved_surprise(desk: Desk) -> None:
    facts = {"surprise": True, "surprise_approved": True, "surprise_ground_given": True}
    open_case_as_system(desk, "检查", inspection_mode="突击检查", **facts)


@given("一件没有批准的突击检查")
def unapproved_surprise(desk: Desk) -> None:
    facts = {"surprise": True, "surprise_approved": False, "surprise_ground_given": True}
    open_case_as_system(desk, "检查", inspection_mode="突击检查", **facts)


@step("就同样的事项再生成一次抽查任务")
def same_matter_again(desk: Desk) -> None:
    """Draw once more under the plan of the task at hand, which stays the one to compare with."""
    earlier = desk.case_id
    parent = desk.case.parent
    assert parent is not None
    desk.take(chains.task(desk.office, UUID(parent), desk.jurisdiction))
    desk.parents.append(earlier)


def open_case_as_system(desk: Desk, process: str, **fields: Any) -> None:
    team = tuple(name.format(desk.jurisdiction_prefix) for name in PEOPLE)
    parties = {"lead": ("samr",), "department": ("samr",), "leader": team[:1], "team": team}
    known: dict[str, Any] = {
        **SUBJECT,
        "lead_department": "samr",
        "plan_year": desk.office.today.year,
        "task_name": "2026年度餐饮服务部门联合抽查",
        "items": chains.ITEMS[desk.jurisdiction],
        "item_class": "一般",
        "task_start": "2026-03-02",
        "task_end": "2026-11-30",
        "origin": "随机抽查任务",
        "inspection_mode": "普通检查",
        "from_task": True,
        "draw_recorded": True,
        **fields,
    }
    desk.open(words.PROCESSES[process], process, parties, known, by=None)


@step(phrase("转到第{place:d}件下级「{process}」"))
def descend(desk: Desk, place: int, process: str) -> None:
    desk.descend(process, place)


@step("回到上级案件")
def ascend(desk: Desk) -> None:
    desk.take(desk.parents.pop())
