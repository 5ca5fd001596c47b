"""Words on the pages: whole sentences, one and many, English where the page is English."""

from __future__ import annotations

import pytest

from tests.web.conftest import PASSWORD, House
from tests.web.visitor import readable
from web.language import gettext

HANDLER = "cy-samr-handler1"


@pytest.fixture
def number(house: House) -> str:
    case_id = house.office.open("joint_plan", by=HANDLER, lead="samr", title="计划")
    return house.office.case(case_id).number


def test_a_case_in_english_says_when_it_was_opened(house: House, number: str) -> None:
    told = house.visitor(HANDLER).english().page(f"/cases/{number}")
    assert "This case" in told
    assert "Opened 2026-03-02" in told
    assert "Open a case" not in told


def test_an_english_heading_has_an_english_colon(house: House, number: str) -> None:
    auditor = house.visitor("cy-justice-auditor")
    assert f"审计：{number}" in auditor.page(f"/audit/{number}")
    assert f"Audit: {number}" in auditor.english().page(f"/audit/{number}")


@pytest.mark.parametrize(
    ("n", "zh", "en"), [(1, "1 项", "1 item"), (2, "2 项", "2 items"), (21, "21 项", "21 items")]
)
def test_one_is_not_many(house: House, n: int, zh: str, en: str) -> None:
    with house.app.test_request_context():
        assert gettext("%(n)s 项", n=n) == zh
    with house.app.test_request_context(headers={"Cookie": "ssj_language=en"}):
        assert gettext("%(n)s 项", n=n) == en


def test_what_a_template_writes_tells_one_from_many_and_is_escaped(house: House) -> None:
    page = house.app.jinja_env.from_string("{{ _('%(n)s 项', n=n) }}")
    with house.app.test_request_context(headers={"Cookie": "ssj_language=en"}):
        assert page.render(n=1) == "1 item"
        assert page.render(n="<b>") == "&lt;b&gt; items"


def test_the_demonstration_says_so_in_the_language_of_the_page(house: House) -> None:
    assert "演示" in house.visitor().page("/public")
    told = house.visitor().english().page("/public")
    assert "Demonstration" in told
    assert "演示" not in told


def test_the_sign_in_page_of_the_demonstration_shows_what_to_type(house: House) -> None:
    told = house.visitor().page("/login")
    assert f"经办人 {HANDLER}" in told
    assert "密码都是 shuangsuiji-demo" in told
    assert "程序接口" not in told
    assert PASSWORD not in told


def test_what_may_be_opened_is_described_to_the_end(house: House) -> None:
    answer = house.visitor(HANDLER).get("/cases/new")
    hints = [
        part.partition("</span>")[0] for part in answer.text.split('<span class="hint small"')[1:]
    ]
    assert len(hints) > 5
    assert not [hint for hint in hints if "..." in hint]
    assert "…" not in readable(answer.text)
