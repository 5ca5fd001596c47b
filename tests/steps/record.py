"""那么: what waits, what was refused, what the history and the public board show."""

from __future__ import annotations

from pytest_bdd import then

from tests.steps import words
from tests.steps.desk import Desk
from tests.steps.phrases import phrase


@then(phrase("待办有「{task}」"))
def waits(desk: Desk, task: str) -> None:
    assert task in desk.names(), desk.names()


@then(phrase("待办没有「{task}」"))
def does_not_wait(desk: Desk, task: str) -> None:
    assert any(node.name == task for node in desk.version.definition.nodes.values()), task
    assert task not in desk.names()


@then(phrase("「{task}」由{role}办理"))
def lane(desk: Desk, task: str, role: str) -> None:
    assert desk.waiting()[desk.slot(task)].lane == role


@then(phrase("「{task}」轮到{department}的{position}"))
def seat(desk: Desk, task: str, department: str, position: str) -> None:
    wanted = f"{words.DEPARTMENTS[department]}/{words.POSITIONS[position]}"
    assert wanted in desk.waiting()[desk.slot(task)].seats


@then(phrase("「{task}」是第{turn:d}次办理"))
def turn(desk: Desk, task: str, turn: int) -> None:
    assert desk.waiting()[desk.slot(task)].turn == turn


@then("案件办结")
def closed(desk: Desk) -> None:
    assert desk.case.is_closed, desk.names()


@then("案件没有办结")
def not_closed(desk: Desk) -> None:
    assert not desk.case.is_closed


@then(phrase("编号以「{prefix}」开头"))
def number(desk: Desk, prefix: str) -> None:
    assert desk.case.number.startswith(prefix), desk.case.number


# ---------------------------------------------------------------- refusals


@then(phrase("不予受理，理由是「{words_of_it:any}」"))
def refused(desk: Desk, words_of_it: str) -> None:
    assert desk.refused is not None, "没有被拒绝"
    assert words_of_it in str(desk.refused), str(desk.refused)


@then("予以受理")
def accepted(desk: Desk) -> None:
    assert desk.refused is None, str(desk.refused)


@then(phrase("拒绝时引用了「{quote:any}」"))
def quoted(desk: Desk, quote: str) -> None:
    assert desk.refused is not None
    assert quote in str(desk.refused), str(desk.refused)


@then(phrase("历史记下违规尝试，依据规则「{rule}」"))
def attempt_recorded(desk: Desk, rule: str) -> None:
    assert rule in [attempt["rule"] for attempt in desk.happened("attempt-refused")]


@then(phrase("历史记下{count:d}次违规尝试"))
def attempts_counted(desk: Desk, count: int) -> None:
    assert len(desk.happened("attempt-refused")) == count


@then("历史没有违规尝试")
def no_attempt(desk: Desk) -> None:
    assert desk.happened("attempt-refused") == []


# ---------------------------------------------------------------- what the record says


@then(phrase("规则「{rule}」在本案的结论为{verdict}"))
def assessed(desk: Desk, rule: str, verdict: str) -> None:
    assert desk.case.verdicts.get(rule) == verdict, dict(desk.case.verdicts)


@then(phrase("规则「{rule}」从未适用"))
def never_assessed(desk: Desk, rule: str) -> None:
    assert rule not in desk.case.verdicts


@then(phrase("系统清点的「{name}」为{count:d}"))
def counted(desk: Desk, name: str, count: int) -> None:
    """A count is a fact that nobody typed: it stands in the case and in no form."""
    (origin,) = (
        str(term.origin)
        for path, term in desk.law.program.names.terms.items()
        if path == f"抽查计划的{name}"
    )
    field = "count_" + origin.removeprefix("count.").removesuffix("@snapshot")
    assert desk.case.fields.get(field) == count, desk.case.fields.get(field)


@then(phrase("记明未答复的部门为{departments}"))
def silence(desk: Desk, departments: str) -> None:
    silent = [set(said["departments"]) for said in desk.happened("silence-recorded")]
    assert silent == [set(words.departments(departments))]


@then(phrase("「{title}」记为「{text}」"))
def field_says(desk: Desk, title: str, text: str) -> None:
    assert text in desk.said(title), desk.said(title)


@then(phrase("下级有{count:d}件「{process}」"))
def children(desk: Desk, count: int, process: str) -> None:
    assert len(desk.children(process)) == count


@then(phrase("每件下级「{process}」都已办结"))
def children_closed(desk: Desk, process: str) -> None:
    found = desk.children(process)
    assert found
    assert all(desk.office.case(child).is_closed for child in found)


@then(phrase("抽中几户就有几件下级检查"))
def one_inspection_per_subject(desk: Desk) -> None:
    drawn = desk.case.fields["drawn_count"]
    assert drawn >= 1
    assert len(desk.children("检查")) == drawn


@then(phrase("「{departments}」各有数据专员"))
def stewards(desk: Desk, departments: str) -> None:
    for department in words.listed(departments):
        assert desk.person(department, "数据专员")


@then("本案已按检查对象归档")
def archived(desk: Desk) -> None:
    fields = desk.case.fields
    assert fields["archived_on"] == desk.office.today.isoformat()
    assert fields["archive_no"] == desk.case.number
    assert fields["subject_id"]


# ---------------------------------------------------------------- the public board


@then(phrase("本系统公示栏有本案的「{kind}」"))
def published(desk: Desk, kind: str) -> None:
    assert words.BOARD[kind] in desk.board(), desk.board()


@then(phrase("本系统公示栏没有本案的「{kind}」"))
def not_published(desk: Desk, kind: str) -> None:
    assert words.BOARD[kind] not in desk.board()


@then(phrase("公示的「{kind}」载明{labels}"))
def published_fields(desk: Desk, kind: str, labels: str) -> None:
    shown = [row["body"] for row in desk.publications() if row["kind"] == words.BOARD[kind]]
    assert shown
    for label in words.listed(labels):
        assert words.RECORD[label] in shown[0], shown[0]


@then(phrase("公示的「{kind}」没有{labels}"))
def unpublished_fields(desk: Desk, kind: str, labels: str) -> None:
    shown = [row["body"] for row in desk.publications() if row["kind"] == words.BOARD[kind]]
    assert shown
    for label in words.listed(labels):
        assert words.RECORD[label] in desk.case.fields, f"案件里没有「{label}」"
        assert words.RECORD[label] not in str(shown[0])


# ---------------------------------------------------------------- audit


@then("本案重放审计无出入")
def audits(desk: Desk) -> None:
    assert desk.office.audit(desk.case_id).discrepancies == ()


@then("全部案件重放审计无出入")
def everything_audits(desk: Desk) -> None:
    found = desk.office.audit_all()
    assert found
    assert [audit.number for audit in found if not audit.is_clean] == []


@then("审计指出本案历史有出入")
def forgery_found(desk: Desk) -> None:
    assert not desk.office.audit(desk.case_id).is_clean


@then(phrase("已生成文书「{name}」"))
def document(desk: Desk, name: str) -> None:
    wanted = {
        "结果告知书": "document.result_notice",
        "提前告知书": "document.prior_notice",
        "抽签笔录": "document.draw_record",
    }[name]
    made = [said for said in desk.happened("service-completed") if said["name"] == wanted]
    assert made
    content = desk.office.engine.shelf.fetch(made[0]["artefacts"][0]).decode()
    assert name in content
