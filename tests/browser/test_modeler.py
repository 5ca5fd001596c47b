"""The drawing board: Chinese throughout, plain BPMN out, only kinds that the engine accepts."""

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import MODELER, SAMPLES, Answer, Site, as_json
from tests.browser.site import page as site_page
from tests.conftest import Shoot

pytestmark = pytest.mark.browser

PAGE = site_page(
    '<main class="wrap"><div class="modeler" data-diagram="/samples/plan-v1.bpmn"'
    ' data-catalogue="/catalogue" data-check="/check" data-submit="/submit" data-csrf="token-1"'
    ' data-file-name="joint_plan.bpmn"></div></main>',
    "modeler.js",
    "modeler.css",
)
TERM = "抽查计划的抽查比例"
CATALOGUE = {
    "forms": [
        {"value": "plan-draft", "label": "拟定抽查计划"},
        {"value": "plan-review", "label": "司法局审核"},
        {"value": "plan-approve", "label": "部门负责人审批"},
    ],
    "rules": ["抽查比例审查", "抽查频次审查"],
    "deadlines": ["审核期限", "结果公示期限"],
    "services": ["publication.plan", "draw.objects"],
    "roles": ["发起部门经办人", "发起部门负责人", "司法局审核人"],
    "parties": [{"value": "participants", "label": "每个参与部门"}],
    "messages": ["inspections-closed"],
    "facts": ["抽查比例审查的结论", TERM],
}
PROBLEM = {
    "file": "joint_plan.bpmn",
    "line": 40,
    "element": "urge",
    "code": "name-unbound",
    "message": "找不到表单「urge」",
    "hint": "可用的表单：plan-draft",
    "severity": "error",
}


SELECT = "id => document.querySelector('.modeler').board.select(id)"
# Every text and title on the page that has two Latin letters in a row, but is no name from the
# diagram or the catalogue: those are the data, not the words of the tool.
ENGLISH = """() => {
  const names = /^(form:|rule:)?[a-z_]+[.a-z_0-9-]*(（未登记）)?$|ISO 8601|BPMN|（[a-z-]+）$/;
  const found = [];
  const look = text => {
    if (text && /[A-Za-z]{2}/.test(text) && !names.test(text.trim())) found.push(text.trim());
  };
  document.querySelectorAll('body *').forEach(node => {
    if (node.closest('style, .bjs-powered-by, .modeler-problems, .modeler-mark')) return;
    ['title', 'aria-label', 'placeholder', 'alt'].forEach(name => look(node.getAttribute(name)));
    node.childNodes.forEach(child => child.nodeType === 3 && look(child.data));
  });
  return found;
}"""


@dataclass
class Studio:
    """What the server of the modeler answers, and what it was sent."""

    problems: list[dict[str, object]] = dataclasses.field(default_factory=lambda: [dict(PROBLEM)])
    received: list[str] = dataclasses.field(default_factory=list)

    def check(self, _: bytes) -> Answer:
        status = "422 Unprocessable Entity" if self.problems else "200 OK"
        return as_json({"problems": self.problems}, status)

    def submit(self, body: bytes) -> Answer:
        self.received.append(body.decode())
        return as_json({"location": "/done"}) if not self.problems else self.check(body)


@pytest.fixture
def studio() -> Studio:
    return Studio()


@pytest.fixture
def modeler(page: Page, serve: Callable[[Site], str], studio: Studio) -> Page:
    handlers = {
        "/catalogue": lambda _: as_json(CATALOGUE),
        "/check": studio.check,
        "/submit": studio.submit,
    }
    page.set_viewport_size({"width": 1360, "height": 900})
    page.goto(
        serve(Site(pages={"/": PAGE, "/done": site_page("")}, handlers=handlers, policy=MODELER))
    )
    page.wait_for_selector(".modeler[data-ready]")
    return page


def shape(page: Page, element: str) -> Locator:
    return page.locator(f".djs-element[data-element-id={element}] > .djs-hit").first


def field(page: Page, label: str) -> Locator:
    return page.locator(".modeler-panel").get_by_label(label, exact=True)


def sent(page: Page, studio: Studio) -> str:
    studio.problems.clear()
    page.get_by_role("button", name="提交草案").click()
    page.wait_for_url("**/done")
    return studio.received[-1]


def test_it_opens_with_the_problems_of_the_server_marked(modeler: Page, screenshot: Shoot) -> None:
    expect(modeler.locator(".modeler-verdict")).to_have_text("1 个错误，0 个警告")
    expect(modeler.locator(".modeler-mark-error")).to_be_visible()
    modeler.get_by_role("button", name="找不到表单").click()
    expect(field(modeler, "名称")).to_have_value("督促审核")
    screenshot("modeler-problem")


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_a_refused_draft_leads_to_what_is_wrong_with_it(
    modeler: Page, screenshot: Shoot, size: tuple[int, int]
) -> None:
    modeler.set_viewport_size({"width": size[0], "height": size[1]})
    problems, count = modeler.locator(".modeler-problems"), modeler.locator(".modeler-count")
    expect(count).to_have_text("1 个错误，0 个警告")
    expect(count).to_be_in_viewport()
    modeler.get_by_role("button", name="提交草案").click()
    expect(modeler.locator(".modeler-status")).to_contain_text("请先处理列出的问题")
    expect(problems.get_by_role("button")).to_be_in_viewport(ratio=1)
    expect(problems).to_be_focused()
    screenshot(f"modeler-refused-{size[0]}", full_page=False)
    modeler.evaluate("scrollTo(0, 0)")
    count.click()
    expect(problems.get_by_role("button")).to_be_in_viewport(ratio=1)
    problems.get_by_role("button").click()
    expect(modeler.locator(".modeler-mark-error")).to_be_in_viewport(ratio=1)


def test_a_mended_diagram_loses_its_marks(modeler: Page, studio: Studio) -> None:
    shape(modeler, "urge").click()
    studio.problems.clear()
    field(modeler, "表单").select_option("form:plan-draft")
    expect(modeler.locator(".modeler-verdict")).to_have_text("没有问题")
    expect(modeler.locator(".modeler-mark")).to_have_count(0)
    expect(modeler.locator(".modeler-count")).to_be_hidden()


def test_the_panel_writes_standard_attributes_and_nothing_of_a_vendor(
    modeler: Page, studio: Studio
) -> None:
    shape(modeler, "review").click()
    field(modeler, "表单").select_option("form:plan-approve")
    field(modeler, "由谁各办一份").select_option("participants")
    field(modeler, "办事说明").fill("请在期限内提出意见。")
    shape(modeler, "check_ratio").click()
    field(modeler, "规则").select_option("rule:抽查频次审查")
    shape(modeler, "publish").click()
    field(modeler, "服务").select_option("draw.objects")
    xml = sent(modeler, studio)
    assert re.search(r'id="review"[^>]* implementation="form:plan-approve"', xml)
    assert re.search(
        r"<bpmn:multiInstanceLoopCharacteristics>\s*<bpmn:loopCardinality[^>]*>part", xml
    )
    assert "<bpmn:documentation>请在期限内提出意见。</bpmn:documentation>" in xml
    assert 'implementation="rule:抽查频次审查"' in xml
    assert 'implementation="draw.objects"' in xml
    assert set(re.findall(r"xmlns:(\w+)=", xml)) <= {"bpmn", "bpmndi", "dc", "di", "xsi"}


def test_a_condition_and_the_default_flow_are_set_on_the_flow(
    modeler: Page, studio: Studio
) -> None:
    modeler.evaluate(SELECT, "f4")
    field(modeler, "在条件中加入词").select_option(TERM)
    expect(field(modeler, "条件")).to_have_value(f"抽查比例审查的结论 = 合规 {TERM}")
    field(modeler, "条件").fill(f"{TERM} > 3%")
    field(modeler, "条件").blur()
    modeler.evaluate(SELECT, "f5")
    expect(field(modeler, "默认分支")).to_be_checked()
    xml = sent(modeler, studio)
    assert re.search(r"<bpmn:conditionExpression[^>]*>抽查计划的抽查比例 &gt; 3%</bpmn:cond", xml)


def test_a_deadline_comes_with_what_follows_it_and_goes_in_one_step(
    modeler: Page, studio: Studio
) -> None:
    shape(modeler, "approve").click()
    count = modeler.locator(".djs-shape").count()
    modeler.get_by_role("button", name="派督办任务").click()
    field(modeler, "期限规则").select_option("rule:审核期限")
    expect(field(modeler, "或固定期限")).to_have_count(0)
    modeler.get_by_role("button", name="删除这个期限").click()
    expect(modeler.locator(".djs-shape")).to_have_count(count)
    for _ in range(2):
        modeler.get_by_role("button", name="撤销").click()
    field(modeler, "或固定期限").fill("P3D")
    xml = sent(modeler, studio)
    assert re.search(
        r'<bpmn:boundaryEvent [^>]*cancelActivity="false"[^>]*attachedToRef="approve"', xml
    )
    assert re.search(r"<bpmn:timeDuration[^>]*>P3D</bpmn:timeDuration>", xml)
    assert 'name="督办超期"' in xml


def test_only_kinds_that_the_engine_accepts_are_offered(modeler: Page, screenshot: Shoot) -> None:
    palette = modeler.locator(".djs-palette .entry").evaluate_all(
        "all => all.map(entry => entry.dataset.action)"
    )
    assert not {"create.task", "create.data-object", "create.data-store"} & set(palette)
    shape(modeler, "urge").click()
    modeler.locator(".djs-context-pad [data-action=replace]").click()
    menu = modeler.locator(".djs-popup .entry[data-id]")
    expect(menu.first).to_be_visible()
    offered = set(menu.evaluate_all("all => all.map(entry => entry.dataset.id)"))
    assert offered == {
        "replace-with-rule-task",
        "replace-with-service-task",
        "replace-with-manual-task",
        "replace-with-call-activity",
        "replace-with-collapsed-subprocess",
        "replace-with-expanded-subprocess",
    }
    screenshot("modeler-menu")


def test_a_file_from_disk_opens_and_nonsense_is_refused_in_words(modeler: Page) -> None:
    chooser = modeler.locator(".modeler-file")
    chooser.set_input_files({"name": "x.bpmn", "mimeType": "text/xml", "buffer": b"<a/>"})
    expect(modeler.locator(".modeler-status")).to_contain_text("这个文件不是可以打开的流程图")
    chooser.set_input_files(SAMPLES / "plan-v2.bpmn")
    expect(modeler.locator(".modeler-status")).to_have_text("已打开 plan-v2.bpmn")
    expect(shape(modeler, "record")).to_be_visible()


def test_no_english_is_left_wherever_one_looks(modeler: Page) -> None:
    seen: set[str] = set()
    for element in modeler.locator(".djs-element").evaluate_all(
        "all => all.map(e => e.dataset.elementId).filter(id => !id.endsWith('_label'))"
    ):
        modeler.evaluate(SELECT, element)
        seen |= set(modeler.evaluate(ENGLISH))
        opener = modeler.locator(".djs-context-pad [data-action=replace]")
        if opener.count():
            opener.click()
            seen |= set(modeler.evaluate(ENGLISH))
            modeler.keyboard.press("Escape")
    modeler.locator(".djs-minimap .toggle").click()
    seen |= set(modeler.evaluate(ENGLISH))
    assert sorted(seen) == []
