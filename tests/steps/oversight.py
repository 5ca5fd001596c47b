"""监督: what oversight finds in the record of the office, and what a case of 追责 begins with."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pytest_bdd import step, then

from engine import supervise
from engine.commands import CompleteTask
from engine.demo.people import person_id
from engine.oversight.findings import Finding
from engine.store import actors, worklists
from engine.supervise import Overview
from tests.engine.chains import stuck_task
from tests.steps import words
from tests.steps.desk import Desk
from tests.steps.phrases import phrase


@dataclass(slots=True)
class Sight:
    overview: Overview | None = None

    def of(self, code: str) -> list[Finding]:
        assert self.overview is not None, "还没有查看监督线索"
        return [each for each in self.overview.findings if each.branch.code == code]

    def one(self, desk: Desk, code: str) -> Finding:
        """Return the finding of that ground in the case at hand."""
        found = [each for each in self.of(code) if each.case_id == str(desk.case_id)]
        assert self.overview is not None
        listed = [(each.branch.code, each.number) for each in self.overview.findings]
        assert len(found) == 1, listed
        return found[0]


@pytest.fixture
def sight() -> Sight:
    return Sight()


@step("查看监督线索")
def looked(desk: Desk, sight: Sight) -> None:
    sight.overview = supervise.overview(desk.office.engine, desk.jurisdiction)


@then(phrase("本案有线索「{code}」，涉及{department}，依据规则「{rule}」"))
def listed(desk: Desk, sight: Sight, code: str, department: str, rule: str) -> None:
    found = sight.one(desk, code)
    assert (found.department, found.rule) == (words.DEPARTMENTS[department], rule)
    assert found.verdict == "认定"
    assert found.citations
    assert all(cite.quote or cite.document != "CY2021" for cite in found.citations)


@then(phrase("线索「{code}」列明的事件都在本案历史里，哈希相同"))
def evidence_stands(desk: Desk, sight: Sight, code: str) -> None:
    records = {record.seq: record for record in desk.office.records(desk.case_id)}
    evidence = sight.one(desk, code).evidence
    assert evidence
    for each in evidence:
        record = records[each.seq]
        assert (record.hash.hex(), record.kind, record.at) == (each.hash, each.kind, each.at)


@then(phrase("线索「{code}」写明「{words_of_it:any}」"))
def says(desk: Desk, sight: Sight, code: str, words_of_it: str) -> None:
    said = [each.sentence() for each in sight.one(desk, code).evidence]
    assert any(words_of_it in sentence for sentence in said), said


@then(phrase("线索「{code}」系统自己看得见，不必另行认定"))
def seen(desk: Desk, sight: Sight, code: str) -> None:
    assert sight.one(desk, code).questions == ()


@then(phrase("线索「{code}」待人工认定：「{question:any}」"))
def asked(desk: Desk, sight: Sight, code: str, question: str) -> None:
    found = sight.one(desk, code)
    assert found.standing == "须人认定"
    assert any(question in each for each in found.questions), found.questions


@then(phrase("线索「{code}」的「{what}」须由人查明：「{question:any}」"))
def left_to_people(desk: Desk, sight: Sight, code: str, what: str, question: str) -> None:
    found = sight.one(desk, code)
    assert any(what in each.sentence() for each in found.evidence)
    assert any(question in each for each in found.questions), found.questions


@then(phrase("没有线索「{code}」"))
def not_listed(sight: Sight, code: str) -> None:
    assert sight.of(code) == []


@then("没有任何追责案件因此立案")
def nothing_opened(desk: Desk, sight: Sight) -> None:
    """Looking opens nothing: what is found waits for a person."""
    assert sight.overview is not None
    assert not [c for c in sight.overview.scene.cases if c.head.process == "accountability"]


@then(phrase("情形「{code}」只能由人发现，系统不列"))
def by_people(sight: Sight, code: str) -> None:
    assert sight.overview is not None
    branch = sight.overview.watch.branch(code)
    assert branch is not None
    assert (branch.standing, branch.signs) == ("由人发现", ())
    assert sight.of(code) == []


@step(phrase("{department}的{position}凭线索「{code}」发起追责"))
def taken_up(desk: Desk, sight: Sight, department: str, position: str, code: str) -> None:
    assert sight.overview is not None
    found = sight.one(desk, code)
    handled = desk.office.engine.handle(
        supervise.take_up(
            found,
            case_id=desk.office.hand.new_id(),
            actor=desk.person(department, position),
            jurisdiction=desk.jurisdiction,
        )
    )
    desk.office.settle()
    desk.parents.append(desk.case_id)
    desk.take(handled.case_id)


@then(phrase("追责案件已经填好情形「{ground}」、涉及部门{department}和{count:d}条证据"))
def prefilled(desk: Desk, ground: str, department: str, count: int) -> None:
    fields = desk.case.fields
    assert fields["grounds"] == [ground]
    assert fields["concerned_department"] == words.DEPARTMENTS[department]
    assert len(fields["finding_evidence"]) == count
    number = desk.office.case(desk.parents[-1]).number
    assert fields["concerned_case"] == number
    assert all(number in line for line in fields["finding_evidence"])


@then(phrase("查明的记录写明「{words_of_it:any}」"))
def recorded(desk: Desk, words_of_it: str) -> None:
    lines = desk.case.fields["duty_record"]
    assert any(words_of_it in line for line in lines), lines


@then(phrase("系统预填「已履行职责」为{answer}"))
def offered(desk: Desk, answer: str) -> None:
    assert desk.case.fields["e1_duty_performed"] is words.YES_NO[answer]


@step(phrase("就本案的检查对象登记{kind}，发生在{day}"))
def incident(desk: Desk, kind: str, day: str) -> None:
    """Enter an incident at the business of the inspection at hand, no earlier than it happened."""
    if desk.office.today.isoformat() < day:
        desk.office.on(day)
    fields = desk.case.fields
    entered = {"subject_id": fields["subject_id"], "subject_name": fields["subject_name"]}
    desk.open(
        "exemption", "免责", {"lead": ("office",)}, {}, by=desk.person("领导小组办公室", "经办人")
    )
    element, key = desk.slot("登记监管对象出现的问题")
    desk.office.do(
        desk.case_id,
        element,
        key=key,
        incident_kind=kind,
        incident_on=day,
        concerned_department="samr",
        **entered,
    )


@step("一项组不成检查组、只能直接指派的抽查任务")
def stuck(desk: Desk) -> None:
    """A task whose only fire officer holds no certificate: no team can be formed."""
    desk.take(stuck_task(desk.office))


@step("试图指派名录库以外的人员")
def stranger(desk: Desk) -> None:
    slot = desk.slot("直接指派检查人员")
    data = {
        **desk.office.answer(desk.case, slot),
        "assigned_staff": ["CY-NOBODY-998", "CY-NOBODY-999"],
    }
    person = desk.office.holder(desk.case, slot)
    desk.command(
        CompleteTask(case_id=desk.case_id, actor=person, element=slot[0], key=slot[1], data=data)
    )


@then(phrase("「{task}」轮到{login}本人"))
def own_turn(desk: Desk, task: str, login: str) -> None:
    """A case names a person by login or number; whoever holds that account finds the task."""
    element, key = desk.slot(task)
    with desk.office.engine.store.read() as connection:
        me = actors.actor(connection, person_id(login), at=desk.office.hand.moment)
        mine = worklists.worklist_page(connection, me, desk.jurisdiction)
    assert (desk.case_id, element, key) in [(w.case_id, w.element, w.key) for w in mine]


@step("领导小组办公室的经办人试图以自己为当事人办理「核实追责线索」")
def against_oneself(desk: Desk) -> None:
    slot = desk.slot("核实追责线索")
    person = desk.office.holder(desk.case, slot)
    answered = desk.office.answer(desk.case, slot)
    data = {**answered, "person_concerned": ["cy-samr-handler1", person]}
    desk.command(
        CompleteTask(case_id=desk.case_id, actor=person, element=slot[0], key=slot[1], data=data)
    )
