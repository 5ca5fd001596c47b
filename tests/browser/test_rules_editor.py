"""Editing rules: colours, completion and the server's problems, and the form sends the text."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Answer, Site, as_json
from tests.browser.site import page as site_page
from tests.conftest import Shoot

pytestmark = pytest.mark.browser

TEXT = """# 计划

比例按年度计算。

```规则
规则 抽查比例 强度 原则上
  依据 CY2021 第三（四）1条 「抽查比例不低于3%」
  应当 抽查计划的抽查比例 介于 3% 与 20%
  违反时 说明理由并报批准 "比例越界"
结束
```
"""
PAGE = site_page(
    '<main class="wrap"><form method="post" action="/save"><label for="t">规则文本</label>'
    '<textarea id="t" name="text" class="rules-editor" data-words="/words" data-check="/check"'
    f' data-file-name="计划.md">\n{TEXT}</textarea><button>保存</button></form></main>',
    "rules-editor.js",
)
WORDS = {
    "keywords": ["规则", "强度", "原则上", "依据", "应当", "介于", "与", "违反时", "结束"],
    "terms": [
        {"value": "抽查计划的抽查比例", "label": "百分比"},
        {"value": "抽查计划的抽查频次", "label": "次"},
    ],
}
PROBLEM = {"line": 8, "column": 6, "message": "不认识的词", "hint": "相近：…", "severity": "error"}


@pytest.fixture
def sent() -> list[str]:
    return []


@pytest.fixture
def editor(page: Page, serve: Callable[[Site], str], sent: list[str]) -> Page:
    def save(body: bytes) -> Answer:
        sent.append(body.decode())
        return Answer(body=site_page("已保存").encode(), kind="text/html; charset=utf-8")

    handlers = {
        "/words": lambda _: as_json(WORDS),
        "/check": lambda _: as_json({"problems": [PROBLEM]}, "422 Unprocessable Entity"),
        "/save": save,
    }
    page.goto(serve(Site(pages={"/": PAGE}, handlers=handlers)))
    page.wait_for_selector(".rules-editor[data-ready]", state="attached")
    return page


def line(page: Page, text: str) -> Locator:
    return page.locator(".cm-line", has_text=text)


def test_words_of_the_language_and_of_the_case_have_colours(
    editor: Page, screenshot: Shoot
) -> None:
    expect(editor.locator(".cm-lint-marker-error")).to_be_visible()
    screenshot("rules-editor")
    colours = (
        line(editor, "介于")
        .locator("span")
        .evaluate_all("all => all.map(span => [span.textContent, getComputedStyle(span).color])")
    )
    assert len({colour for _, colour in colours}) >= 3
    assert {text for text, _ in colours if "抽查" in text} == {"抽查计划的抽查比例"}
    expect(line(editor, "比例按年度计算").locator("span")).to_have_count(0)


def test_a_problem_stands_at_its_line(editor: Page) -> None:
    editor.locator(".cm-lint-marker-error").hover()
    expect(editor.get_by_text("不认识的词")).to_be_visible()


def test_a_term_is_completed_without_a_space_before_it(editor: Page) -> None:
    line(editor, "介于").click()
    editor.keyboard.press("End")
    editor.keyboard.type("且抽查计")
    offered = editor.locator(".cm-tooltip-autocomplete li")
    expect(offered).to_have_text(["抽查计划的抽查比例百分比", "抽查计划的抽查频次次"])
    editor.wait_for_timeout(100)  # the list takes no key before that, against slips
    editor.keyboard.press("ArrowDown")
    editor.keyboard.press("Enter")
    expect(line(editor, "且抽查计划的抽查频次")).to_be_visible()


def test_the_form_sends_what_the_editor_shows(editor: Page, sent: list[str]) -> None:
    line(editor, "比例按年度计算").click()
    editor.keyboard.press("End")
    editor.keyboard.type("another")
    editor.get_by_role("button", name="保存").click()
    expect(editor.locator("body")).to_have_text("已保存")
    assert "another" in sent[0]
