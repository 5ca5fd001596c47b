"""年历、机构、名录: what the year opens, who takes over, and what the registries hold."""

from __future__ import annotations

from pytest_bdd import step, then

from engine import almanac, departures, handover
from engine.errors import ProductError
from engine.registry.filters import Filters
from engine.registry.types import Institution, RegistryKind, Subject
from engine.store import agenda, people, registry, registry_gaps
from engine.store.agenda import Entry
from engine.store.registry_gaps import GapKind
from rules import almanac as years
from rules.pack import Law
from tests.steps import words
from tests.steps.desk import Desk
from tests.steps.phrases import phrase

GAPS = {
    "没有监管部门的对象": GapKind.NO_REGULATOR,
    "多年没有抽到的对象": GapKind.NEVER_DRAWN,
    "没有检查对象的事项": GapKind.NO_SUBJECTS,
    "持证检查人员不足的事项": GapKind.NO_INSPECTORS,
}


def line(desk: Desk, department: str, name: str) -> Entry | None:
    """Return the line of the agenda that a department has for an obligation this year."""
    codes = {each.name: each.code for each in years.of(desk_law(desk))}
    with desk.office.engine.store.read() as connection:
        found = agenda.of_jurisdiction(connection, desk.jurisdiction, desk.office.today.year)
    wanted = (codes[name], words.DEPARTMENTS[department])
    return next((each for each in found if (each.obligation, each.department) == wanted), None)


def desk_law(desk: Desk) -> Law:
    law = almanac.law_of(desk.office.engine, desk.jurisdiction)
    assert law is not None
    return law


def standing(desk: Desk, department: str, name: str) -> Entry:
    found = line(desk, department, name)
    assert found is not None, f"年历上没有{department}的「{name}」"
    return found


# ---------------------------------------------------------------- 年历


@step("后台开始按年历运行")
def begun(desk: Desk) -> None:
    almanac.begin(desk.office.engine)
    desk.office.settle()


@step(phrase("拿起{department}的「{name}」"))
def taken(desk: Desk, department: str, name: str) -> None:
    found = standing(desk, department, name)
    assert found.case_id is not None
    desk.take(found.case_id)


@step(phrase("拿起{department}的「{name}」督办"))
def reminder_taken(desk: Desk, department: str, name: str) -> None:
    found = standing(desk, department, name)
    assert found.supervision is not None
    desk.take(found.supervision)


@then(phrase("系统为{department}立了「{name}」，期限到{day:day}"))
def opened(desk: Desk, department: str, name: str, day: str) -> None:
    found = standing(desk, department, name)
    assert found.due_at == almanac.start_of(words.day(day)) + almanac.ONE_DAY
    assert found.case_id is not None
    first = desk.office.records(found.case_id)[0]
    assert (first.kind, first.actor) == ("case-opened", "system")


@then(phrase("年历上没有{department}的「{name}」"))
def absent(desk: Desk, department: str, name: str) -> None:
    assert line(desk, department, name) is None


@then(phrase("{department}的「{name}」还没有督办"))
def unreminded(desk: Desk, department: str, name: str) -> None:
    assert standing(desk, department, name).supervision is None


@then(phrase("{department}的「{name}」已经督办到{position}"))
def reminded(desk: Desk, department: str, name: str, position: str) -> None:
    found = standing(desk, department, name)
    assert found.supervision is not None
    offer = desk.office.case(found.supervision).offers["respond", ""]
    assert offer.seats == (f"{words.DEPARTMENTS[department]}/{words.POSITIONS[position]}",)


@then(phrase("{department}的「{name}」按期办结"))
def settled(desk: Desk, department: str, name: str) -> None:
    found = standing(desk, department, name)
    assert found.stage == agenda.DONE, found
    assert found.supervision is None or desk.office.case(found.supervision).missed == ()


@then(phrase("{department}的「{name}」记为逾期"))
def late(desk: Desk, department: str, name: str) -> None:
    found = standing(desk, department, name)
    assert found.supervision is not None
    assert desk.office.case(found.supervision).missed == (("overdue", ""),)


# ---------------------------------------------------------------- 机构


@step(phrase("{former}并入{successor}，依据是「{basis}」"))
def merged(desk: Desk, former: str, successor: str, basis: str) -> None:
    asked = handover.wanted(
        desk.office.engine,
        desk.jurisdiction,
        former=words.DEPARTMENTS[former],
        successor=words.DEPARTMENTS[successor],
        basis=basis,
    )
    handover.apply(desk.office.engine, asked)
    desk.office.settle()


@step(phrase("{department}的{position}离岗，理由是「{reason}」"))
def left(desk: Desk, department: str, position: str, reason: str) -> None:
    person = desk.person(department, position)
    engine = desk.office.engine
    with engine.store.read() as connection:
        leaver = people.by_id(connection, person, at=engine.now())
    assert leaver is not None
    try:
        departures.replace_person(engine, leaver, None, reason=reason, closes_account=True)
    except ProductError as refused:
        desk.refused = refused


@then(phrase("「{task}」由{department}的{position}办理"))
def seat_of(desk: Desk, task: str, department: str, position: str) -> None:
    offer = desk.case.offers[desk.slot(task)]
    assert offer.seats == (f"{words.DEPARTMENTS[department]}/{words.POSITIONS[position]}",)


@then(phrase("本案历史写明由{former}交给{successor}"))
def told(desk: Desk, former: str, successor: str) -> None:
    (said,) = desk.happened("work-handed-over")
    pair = (words.DEPARTMENTS[former], words.DEPARTMENTS[successor])
    assert (said["former"], said["successor"]) == pair


# ---------------------------------------------------------------- 名录


@then(phrase("{department}名下没有执法检查人员"))
def nobody_left(desk: Desk, department: str) -> None:
    with desk.office.engine.store.read() as connection:
        found = registry.count(
            connection,
            desk.jurisdiction,
            RegistryKind.INSPECTORS,
            filters=Filters(departments=(words.DEPARTMENTS[department],)),
        )
    assert found == 0


@then(phrase("缺口报告列出「{name}」"))
def gap_reported(desk: Desk, name: str) -> None:
    on = desk.office.today
    with desk.office.engine.store.read() as connection:
        found = registry_gaps.report(
            connection, desk.jurisdiction, on=on, bounds=registry_gaps.bounds(desk_law(desk), on)
        )
    assert GAPS[name] in {gap.kind for gap in found}


@then(phrase("通用名录分为{first}和{second}"))
def two_general_registries(desk: Desk, first: str, second: str) -> None:
    with desk.office.engine.store.read() as connection:
        found = {
            row.category.value
            for row in registry.current(connection, desk.jurisdiction, RegistryKind.SUBJECTS)
            if isinstance(row, Subject)
        }
    assert found == {first, second}


@then("委托专业机构都有资质、合同和合同文件散列")
def institutions_are_complete(desk: Desk) -> None:
    with desk.office.engine.store.read() as connection:
        rows = list(registry.current(connection, desk.jurisdiction, RegistryKind.INSTITUTIONS))
    assert rows
    for row in rows:
        assert isinstance(row, Institution)
        assert row.qualification
        assert row.contract_no
        assert len(row.contract_hash) == 64
