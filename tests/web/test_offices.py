"""The year, the organisation, the holidays and the gaps, as the people see them who keep them."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from engine import almanac
from engine.registry.types import RegistryKind
from engine.store import registry, registry_lists
from tests.engine import chains
from tests.web.conftest import House
from tests.web.test_pages import speaking

STAFF = (
    "/almanac",
    "/almanac?mine=yes",
    "/registries/gaps",
    "/registries/pools",
    "/registries/lists",
    "/registries/institutions",
    "/organisation",
)
KEEPER = ("/organisation/merge", "/organisation/people/cy-tax-handler1", "/holidays")
YEAR_2027 = b"date,kind\n2027-01-01,holiday\n2027-01-02,holiday\n2027-01-03,holiday\n"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", STAFF)
def test_staff_pages_answer(house: House, path: str, language: str) -> None:
    almanac.begin(house.office.engine)
    visitor = speaking(house.visitor("cy-samr-handler1"), language)
    assert visitor.get(path).status_code == 200


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", KEEPER)
def test_pages_of_the_keeper_answer_nobody_else(house: House, path: str, language: str) -> None:
    assert speaking(house.visitor("cy-samr-process-admin1"), language).get(path).status_code == 200
    assert house.visitor("cy-samr-handler1").get(path).status_code == 403


def test_the_year_shows_what_each_department_owes(house: House) -> None:
    almanac.begin(house.office.engine)
    house.office.settle()
    page = house.visitor("cy-samr-handler1").page("/almanac")
    assert "部门年度抽查计划" in page
    assert "区市场监督管理局" in page


def test_a_merger_is_shown_before_it_counts(house: House) -> None:
    office = house.office
    case_id = office.open("annual_plan", by="cy-statistics-handler1", lead="statistics")
    visitor = house.visitor("cy-samr-process-admin1")
    asked = {"former": "statistics", "successor": "drc", "basis": "区委编委〔2026〕6号"}
    asked["with_people"] = "yes"
    preview = visitor.post("/organisation/merge", dict(asked))
    assert preview.status_code == 200, preview.text
    assert office.case(case_id).number in preview.text
    assert office.case(case_id).parties["lead"] == ("statistics",)
    answer = visitor.post("/organisation/merge", {**asked, "_do": "confirm"})
    assert answer.status_code == 303
    assert office.case(case_id).parties["lead"] == ("drc",)
    assert office.audit(case_id).is_clean
    assert "区委编委〔2026〕6号" in visitor.page("/organisation")
    assert visitor.get(f"/cases/{office.case(case_id).number}").status_code == 200


def test_a_merger_without_a_document_is_refused_in_words(house: House) -> None:
    visitor = house.visitor("cy-samr-process-admin1")
    answer = visitor.post("/organisation/merge", {"former": "tax", "successor": "drc"})
    assert answer.status_code == 422
    assert "请写明依据" in answer.text


def test_somebody_who_leaves_hands_over_with_a_reason(house: House) -> None:
    visitor = house.visitor("cy-samr-process-admin1")
    answer = visitor.post(
        "/organisation/people/cy-education-handler1", {"reason": "调离", "leaves": "yes"}
    )
    assert answer.status_code == 303
    assert "已停用" in visitor.page("/admin/people/cy-education-handler1")


def test_a_year_lists_what_would_move_before_it_counts(house: House) -> None:
    visitor = house.visitor("cy-samr-process-admin1")
    shown = visitor.post("/holidays", {"file": (io.BytesIO(YEAR_2027), "2027.csv")})
    assert shown.status_code == 200
    sha256 = re.search(r'name="sha256" value="([0-9a-f]{64})"', shown.text)
    assert sha256
    answer = visitor.post("/holidays/apply", {"sha256": sha256[1], "filename": "2027.csv"})
    assert answer.status_code == 303
    assert "2027" in visitor.page("/holidays")


def test_a_file_that_is_no_year_is_refused_in_words(house: House) -> None:
    visitor = house.visitor("cy-samr-process-admin1")
    answer = visitor.post("/holidays", {"file": (io.BytesIO(b"x,y\n1,2\n"), "2027.csv")})
    assert answer.status_code == 422


def test_the_conditions_of_a_list_come_in_through_a_case(house: House) -> None:
    office = house.office
    visitor = house.visitor("cy-samr-steward")
    listed: dict[str, Any] = {
        "code": "ZY-CY-SAMR-03",
        "name": "餐饮服务名录库",
        "kind": "special",
        "department": "samr",
        "item_code": "CY-SAMR-03",
        "industries": "餐饮业",
        "regulators": ["samr"],
        "source": "餐饮许可台账",
    }
    assert visitor.post("/registries/lists", listed).status_code == 303
    office.settle()
    with office.engine.store.read() as tx:
        found = registry_lists.find_list(tx, "chaoyang", "ZY-CY-SAMR-03")
        latest = registry.batches(tx, "chaoyang", RegistryKind.SUBJECTS, limit=1)
    assert found is not None
    assert found.filters.industries == ("餐饮业",)
    assert latest[0].source == "餐饮许可台账"
    assert latest[0].case_id
    assert "餐饮服务名录库" in visitor.page("/registries/lists")
    assert visitor.post("/registries/lists", {"code": "x"}).status_code == 422


def test_a_plan_begins_with_last_years(house: House) -> None:
    office = house.office
    last = chains.approved_plan(
        office,
        plan_name="2025年度餐饮抽查计划",
        plan_year=2025,
        window_start="2025-03-01",
        window_end="2025-11-30",
    )
    new = office.open("joint_plan", by="cy-samr-handler1", lead="samr", fields={"plan_year": 2026})
    number = office.case(new).number
    visitor = house.visitor("cy-samr-handler1")
    assert "复制上年计划" in visitor.page(f"/tasks/{number}/draft")
    assert visitor.post(f"/plans/copy/{number}/draft").status_code == 303
    page = visitor.get(f"/tasks/{number}/draft").text
    assert office.case(last).number in page
    assert "2026年度餐饮抽查计划" in page
    assert "2026-11-30" in page
