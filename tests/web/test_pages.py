"""Every page answers, in both languages, and says what it is about."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.commands import CompleteTask
from engine.demo import answers
from engine.demo.answers import Scene
from engine.registry.export import csv_file
from engine.registry.types import ItemClass, RegistryKind
from engine.store import registry
from engine.store.tables import access_log
from tests.engine import chains
from tests.web.conftest import House
from tests.web.visitor import Visitor, readable
from web.choices import Choices
from web.words import Words

DIAGRAM = Path(__file__).parents[2] / "workflows" / "common" / "rectification.bpmn"
PUBLIC = ("/public", "/public?kind=plan&place=chaoyang", "/public/board.json", "/public/board.csv")
STAFF = (
    "/tasks",
    "/tasks?late=1",
    "/cases",
    "/cases?stands=closed&process=registry_batch",
    "/cases/new",
    "/plans",
    "/plans?show=tasks",
    "/plans/overdue",
    "/registries",
    "/registries/subjects?tier=A",
    "/registries/inspectors?department=samr",
    "/registries/items",
    "/registries/carriers?q=x",
    "/registries/items/upload",
    "/registries/items/template.csv",
    "/audit",
    "/password",
)
OFFICE = ("/admin/people", "/admin/people/new", "/admin/people/cy-samr-head", "/studio")


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def speaking(visitor: Visitor, language: str) -> Visitor:
    return visitor.english() if language == "en" else visitor


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_answer_without_signing_in(house: House, path: str, language: str) -> None:
    assert speaking(house.visitor(), language).get(path).status_code == 200


def test_staff_pages_answer(house: House, language: str) -> None:
    visitor = speaking(house.visitor("cy-samr-handler1"), language)
    for path in STAFF:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert "%(" not in answer.text, path


def test_office_pages_answer(house: House, language: str) -> None:
    visitor = speaking(house.visitor("cy-samr-process-admin1"), language)
    for path in OFFICE:
        assert visitor.get(path).status_code == 200, path


def test_the_language_changes_and_stays_changed(house: House) -> None:
    visitor = house.visitor("cy-samr-handler1")
    assert '<html lang="zh-CN"' in visitor.get("/tasks").text
    visitor.english()
    page = visitor.get("/tasks").text
    assert '<html lang="en"' in page
    assert "My tasks" in page
    assert '<span lang="zh">双随机</span>' in page


def test_large_type_is_a_switch_that_stays(house: House) -> None:
    visitor = house.visitor()
    answer = visitor.post("/display", {"size": "large", "next": "/public"})
    assert answer.headers["Location"] == "/public"
    assert 'class="large"' in visitor.get("/public").text


def test_every_page_of_a_demonstration_says_so(house: House) -> None:
    for path in ("/public", "/login"):
        text = house.visitor().page(path)
        assert "演示" in text
        assert "2026-03" in text


def test_a_case_shows_its_history_and_can_be_played_back(house: House) -> None:
    case_id = house.office.open("joint_plan", by="cy-samr-handler1", lead="samr", title="回放计划")
    number = house.office.case(case_id).number
    visitor = house.visitor("cy-samr-handler1")
    markup = visitor.get(f"/cases/{number}").text
    assert f'data-events="/cases/{number}/events.json"' in markup
    assert "立案：回放计划" in markup
    diagram = visitor.get(f"/cases/{number}/diagram.bpmn")
    assert diagram.mimetype == "application/xml"
    events = visitor.get(f"/cases/{number}/events.json").get_json()["events"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["kind"] == "case-opened"
    assert "begin" in events[0]["state"]["done"]
    assert "draft" in events[-1]["state"]["active"]
    assert events[0]["href"] == f"/cases/{number}/steps/1"


def test_an_auditor_steps_through_the_events_on_the_diagram(house: House) -> None:
    number = house.office.case(chains.drafted_plan(house.office)).number
    auditor = house.visitor("cy-justice-auditor")
    markup = auditor.get(f"/audit/{number}").text
    assert f'data-diagram="/cases/{number}/diagram.bpmn"' in markup
    address = re.findall(r'data-events="([^"]+)"', markup)[0]
    events = auditor.get(address).get_json()["events"]
    assert events[2]["href"] == f"/audit/{number}?step=3#event"
    assert "第 3 号事件" in auditor.page(events[2]["href"])


def test_what_a_case_has_recorded_is_folded_under_its_steps(house: House) -> None:
    plan = chains.drafted_plan(house.office)
    house.office.do(plan, "sign_off")
    case = house.office.case(plan)
    markup = house.visitor("cy-samr-handler1").get(f"/cases/{case.number}").text
    section = markup.split("<h2>已记录</h2>")[1].split("</section>")[0]
    heads = [readable(head) for head in re.findall(r"<summary>(.*?)</summary>", section)]
    steps = heads[:-1]  # the last fold holds what is for machines
    assert len(steps) > 2
    assert steps[0].startswith("立案：")
    assert any("办理「审签部门联合抽查计划」" in head for head in steps), steps
    assert section.count('<details class="part" open>') == 1, "only the newest step is unfolded"
    assert section.rindex('<details class="part" open>') == section.rindex('class="part"') - 9
    for name in ("抽查比例", "计划名称"):
        assert section.count(f"<dt>{name}</dt>") == 1, "a field stands under one step"


def test_what_only_the_engine_writes_is_said_in_words(house: House) -> None:
    plan = house.office.case(chains.drafted_plan(house.office))
    fields = {
        "plan_case": str(plan.case_id),
        "draw_mode": "sealed",
        "reveal_by": None,
        "special_case": True,
    }
    with house.app.test_request_context(), house.office.engine.store.read() as tx:
        version = house.office.engine.shelf.get(plan.version)
        choices = Choices(tx=tx, where=plan.jurisdiction, fields={})
        words = Words(tx=tx, where=plan.jurisdiction, version=version, choices=choices)
        said = {name: words.value(name, value) for name, value in fields.items()}
        assert words.value("plan_case", "CY-2026-LH-9999") == "CY-2026-LH-9999"
    assert said == {
        "plan_case": plan.number,
        "draw_mode": "封存抽取",
        "reveal_by": "—",
        "special_case": "是",
    }


def test_a_comment_becomes_part_of_the_history(house: House) -> None:
    case_id = house.office.open("joint_plan", by="cy-samr-handler1", lead="samr")
    number = house.office.case(case_id).number
    visitor = house.visitor("cy-fire-handler1")
    assert visitor.post(f"/cases/{number}/comments", {"text": "请补充依据"}).status_code == 303
    assert "批注：请补充依据" in visitor.page(f"/cases/{number}")
    assert house.office.kinds(case_id)[-1] == "comment-added"


def test_a_person_opens_only_what_their_position_opens(house: House) -> None:
    handler, reviewer = house.visitor("cy-samr-handler1"), house.visitor("cy-justice-reviewer1")
    assert "部门联合抽查计划" in handler.page("/cases/new")
    assert "部门联合抽查计划" not in reviewer.page("/cases/new")
    refused = reviewer.post("/cases/new", {"process": "joint_plan", "title": "不是我的"})
    assert refused.status_code == 422
    opened = handler.post("/cases/new", {"process": "joint_plan", "title": "网页上立的案"})
    assert opened.status_code == 303
    assert "网页上立的案" in handler.page(opened.headers["Location"])


def test_an_auditor_recomputes_a_case_and_takes_it_home(house: House) -> None:
    case_id = house.office.open("joint_plan", by="cy-samr-handler1", lead="samr")
    number = house.office.case(case_id).number
    visitor = house.visitor("cy-justice-auditor")
    assert number in visitor.page(f"/audit?q={number[:10]}")
    assert visitor.get(f"/audit?q={number}").headers["Location"] == f"/audit/{number}"
    text = visitor.page(f"/audit/{number}?step=1")
    assert "case-opened" in text
    answer = visitor.post(f"/audit/{number}")
    assert "从输入重新执行" in answer.text
    assert visitor.get(f"/audit/{number}/bundle.zip").data[:2] == b"PK"


def items_file(house: House, **changes: str) -> bytes:
    with house.office.engine.store.read() as tx:
        rows = list(registry.current(tx, "chaoyang", RegistryKind.ITEMS))
    lines = csv_file(RegistryKind.ITEMS, rows).decode("utf-8-sig")
    for before, after in changes.items():
        lines = lines.replace(before, after)
    return lines.encode("utf-8-sig")


@pytest.mark.parametrize("kind", list(RegistryKind))
def test_every_registry_has_a_template_to_download(house: House, kind: RegistryKind) -> None:
    answer = house.visitor("cy-samr-handler1").get(f"/registries/{kind.value}/template.csv")
    assert answer.status_code == 200
    told = answer.headers["Content-Disposition"]
    assert f"filename={kind.value}.csv" in told
    assert "filename*=UTF-8''%E" in told, "its Chinese name, as a browser saves it"


def test_a_registry_file_shows_every_change_before_it_counts(house: House) -> None:
    visitor = house.visitor("cy-samr-steward")
    unchanged = io.BytesIO(items_file(house))
    page = visitor.post("/registries/items/upload", {"file": (unchanged, "items.csv")})
    assert "与现有名录没有差别" in page.text
    changed = items_file(house, 登记事项检查="登记事项核查")
    page = visitor.post("/registries/items/upload", {"file": (io.BytesIO(changed), "items.csv")})
    assert page.status_code == 200, page.text
    assert "登记事项核查" in page.text
    applied = visitor.post("/registries/items/apply", confirmed(page.text))
    assert applied.status_code == 303, applied.text
    house.office.settle()
    assert "登记事项核查" in visitor.page("/registries/items?department=samr")


def confirmed(page: str) -> dict[str, str]:
    """Return what the form under a shown difference sends."""
    return {
        name: value
        for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
        if name in ("sha256", "filename", "before", "supplement")
    }


def test_of_two_differences_shown_at_once_only_the_first_confirmed_counts(house: House) -> None:
    visitor = house.visitor("cy-samr-steward")
    shown = []
    for name in ("登记事项甲查", "登记事项乙查"):
        changed = io.BytesIO(items_file(house, 登记事项检查=name))
        page = visitor.post("/registries/items/upload", {"file": (changed, "items.csv")})
        shown.append(confirmed(page.text))
    assert visitor.post("/registries/items/apply", shown[0]).status_code == 303
    answer = visitor.post("/registries/items/apply", shown[1])
    assert (answer.status_code, "正在写入这个名录" in answer.text) == (409, True)
    house.office.settle()
    for late in (shown[1], {**shown[1], "before": ""}):
        answer = visitor.post("/registries/items/apply", late)
        assert (answer.status_code, "请重新查看差异" in answer.text) == (409, True)
    house.office.settle()
    items = visitor.page("/registries/items?department=samr")
    assert ("登记事项甲查" in items, "登记事项乙查" in items) == (True, False)


def test_a_code_pasted_with_blanks_or_in_full_width_finds_its_row(house: House) -> None:
    visitor = house.visitor("cy-samr-handler1")
    with house.office.engine.store.read() as tx:
        row = next(registry.current(tx, "chaoyang", RegistryKind.SUBJECTS))
    wide = "".join(chr(ord(char) + 0xFEE0) for char in row.row_id)
    for typed in (f"{row.row_id[:8]} {row.row_id[8:]}", wide):
        page = visitor.client.get("/registries/subjects", query_string={"q": typed}).text
        assert row.name in page


def test_a_steward_changes_rows_of_the_own_department_only(house: House) -> None:
    visitor = house.visitor("cy-fire-steward")
    changed = items_file(house, 公示信息检查="公示信息核查")
    page = visitor.post("/registries/items/upload", {"file": (io.BytesIO(changed), "items.csv")})
    sha256 = re.search(r'name="sha256" value="([0-9a-f]{64})"', page.text)
    assert sha256 is not None
    refused = visitor.post(
        "/registries/items/apply", {"sha256": sha256[1], "filename": "items.csv"}
    )
    assert refused.status_code == 403
    assert "只能办理本部门" in refused.text


def test_a_bad_registry_file_lists_what_is_wrong_and_does_not_count(house: House) -> None:
    visitor = house.visitor("cy-samr-steward")
    broken = "事项编码,事项名称\nX,\n".encode()
    page = visitor.post("/registries/items/upload", {"file": (io.BytesIO(broken), "bad.csv")})
    assert page.status_code == 422
    assert "处须先改正" in page.text
    assert "确认生效" not in page.text


def test_a_row_shows_its_readings_and_hides_what_is_personal(house: House) -> None:
    with house.office.engine.store.read() as tx:
        page = registry.page(tx, "chaoyang", RegistryKind.SUBJECTS, limit=1)
    subject = page.rows[0]
    path = f"/registries/subjects/rows/{subject.row_id}"
    text = house.visitor("cy-customs-handler1").page(path)
    assert subject.name in text
    assert "仅本部门数据专员可见" in text
    assert "历次内容" in text
    assert house.visitor("cy-samr-handler1").get("/registries/subjects/rows/X").status_code == 404
    assert ItemClass.KEY  # the words of the regulation are the words of the page


def test_the_studio_lists_problems_with_line_and_element(house: House) -> None:
    visitor = house.visitor("cy-samr-process-admin1")
    good = visitor.post(
        "/studio/check", {"file": (io.BytesIO(DIAGRAM.read_bytes()), "rectification.bpmn")}
    )
    assert good.status_code == 200, good.text
    broken = DIAGRAM.read_bytes().replace(b"form:", b"from:", 1)
    bad = visitor.post("/studio/check", {"file": (io.BytesIO(broken), "broken.bpmn")})
    assert bad.status_code == 422
    assert 'data-label="行"' in bad.text


def test_a_rule_stands_beside_the_clause_it_rests_on(house: House) -> None:
    visitor = house.visitor("cy-samr-handler1")
    assert "结果公示期限" in visitor.page("/studio/rules?q=公示")
    text = visitor.page("/studio/rules/named/结果公示期限")
    assert "CY2021" in text
    assert "样例" in text
    assert visitor.get("/studio/rules/named/没有这条规则").status_code == 404
    assert visitor.get("/studio/rules/files/../../../etc/passwd").status_code == 404


def test_a_changed_rule_text_is_checked_in_its_place(house: House) -> None:
    visitor = house.visitor("cy-justice-legal")
    path = "/studio/rules/files/chaoyang/计划.md"
    source = house.shelves["chaoyang"].law.files["chaoyang/计划.md"].decode("utf-8-sig")
    assert "没有问题。" in visitor.post(path, {"text": source}).text
    broken = visitor.post(path, {"text": source.replace("结束", "结素", 1)})
    assert broken.status_code == 422
    assert house.visitor("cy-samr-handler1").post(path, {"text": source}).status_code == 403


def test_a_sound_drawing_opens_its_release_with_the_file_filled_in(house: House) -> None:
    visitor = house.visitor("cy-samr-process-admin1")
    source = DIAGRAM.read_bytes()
    begun = visitor.post("/studio/releases", {"file": (io.BytesIO(source), "rectification.bpmn")})
    assert begun.status_code == 303, begun.text
    assert "已上传：rectification.bpmn" in visitor.page(begun.headers["Location"])
    broken = source.replace(b"form:", b"from:", 1)
    asked = {"file": (io.BytesIO(broken), "broken.bpmn")}
    refused = visitor.post("/studio/releases", asked)
    assert (refused.status_code, refused.mimetype) == (422, "text/html")
    assert "broken.bpmn：" in readable(refused.text)
    asked = {"file": (io.BytesIO(broken), "broken.bpmn")}
    to_program = {"headers": {"Accept": "application/json"}}
    refused = visitor.post("/studio/releases", asked, **to_program)
    assert refused.status_code == 422
    assert refused.get_json()["problems"]


def test_the_modeler_is_offered_every_name_of_the_place(house: House) -> None:
    names = house.visitor("cy-samr-process-admin1").get("/studio/names.json").get_json()
    assert {"value": "joint-plan-draft", "label": "编制部门联合抽查计划"} in names["forms"]
    assert "draw.objects" in names["services"]
    assert "发起部门经办人" in names["roles"]
    assert all(name.endswith("期限") for name in names["deadlines"])


@pytest.mark.parametrize(
    ("login", "chinese", "english"),
    [
        ("cy-samr-process-admin1", "发起部门", "Lead department"),
        ("pj-samr-process-admin1", "牵头部门", "Lead department"),
    ],
)
def test_the_modeler_calls_the_parties_by_words(
    house: House, login: str, chinese: str, english: str
) -> None:
    for lead, admin in ((chinese, house.visitor(login)), (english, house.visitor(login).english())):
        offered = admin.get("/studio/names.json").get_json()["parties"]
        words = {each["value"]: each["label"] for each in offered}
        assert words["lead"] == lead
        assert all(label != value for value, label in words.items())
        assert "".join(words.values()).isascii() is (lead == english)


def with_personal_data(house: House) -> str:
    """The number of a lead whose reporter is withheld from the history."""
    office = house.office
    case_id = office.open("lead", by="cy-samr-handler1", lead="samr", title="举报线索")
    task = office.case(case_id)
    (element, key), offer = next(iter(task.offers.items()))
    form = office.engine.shelf.get(task.version).form_of(element)
    assert form is not None
    data = answers.fill(form, Scene(case=task, element=element, key=key, today=office.today))
    named = dict.fromkeys(form.personal, "张某某")
    office.engine.handle(
        CompleteTask(
            case_id=case_id,
            actor=office.person("cy-samr-handler1"),
            element=element,
            key=key,
            data={**data, **named},
            turn=offer.turn,
        )
    )
    return task.number


def test_personal_data_is_shown_to_those_who_handle_the_case_and_noted(house: House) -> None:
    number = with_personal_data(house)
    handler, other = house.visitor("cy-samr-handler1"), house.visitor("cy-tax-handler1")
    assert "张某某" not in handler.page(f"/cases/{number}")
    assert "张某某" in handler.post(f"/cases/{number}/personal").text
    refused = other.post(f"/cases/{number}/personal")
    assert refused.status_code == 403
    assert "张某某" not in refused.text
    with house.office.engine.store.read() as tx:
        looks = tx.execute(
            select(access_log.c.granted).where(access_log.c.what == f"personal {number}")
        ).scalars()
        assert list(looks) == [True, False]


def test_the_answer_to_a_form_keeps_its_place_when_its_language_is_changed(house: House) -> None:
    plan = chains.drafted_plan(house.office)
    number = house.office.case(plan).number
    auditor = house.visitor("cy-justice-auditor")
    answer = auditor.post(f"/audit/{number}")
    assert f'name="next" value="/audit/{number}"' in answer.text
    answer = auditor.post(f"/cases/{number}/comments", {"text": ""})
    back = f'name="next" value="/cases/{number}"'
    assert back in answer.text, "nothing can be read at the form's own address"
