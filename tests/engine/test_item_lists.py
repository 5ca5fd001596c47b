"""An approved list is what may be planned: its items enter the registry, others are refused."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import FormInvalid
from engine.registry.types import Item, RegistryKind
from engine.store import registry
from tests.engine.office import Office

ROW = {
    "item_code": "CY-SAMR-99",
    "name": "直播带货检查",
    "item_class": "一般",
    "basis": "《中华人民共和国电子商务法》",
    "authority": "区市场监督管理局",
    "content": "资质公示、虚假宣传",
    "method": "网络监测",
    "impl_item_code": "SS-99",
}
PLAN: dict[str, Any] = {
    "plan_year": 2026,
    "ratio": "5%",
    "item_class": "一般",
    "window_end": "2026-11-30",
}


def approved(office: Office, **changes: Any) -> Any:
    case_id = office.open("item_list", by="cy-samr-handler1", lead="samr", title="2026年清单")
    listed = {"list_change": "动态调整", "list_reason": "新法施行", **changes}
    office.do(
        case_id,
        "draft",
        list_items=[{**ROW, **changes.pop("row", {})}],
        **{name: value for name, value in listed.items() if name != "row"},
    )
    office.do(case_id, "decide", list_decision="同意")
    return case_id


def item(office: Office, code: str) -> Item | None:
    with office.engine.store.read() as connection:
        found = registry.find(connection, "chaoyang", RegistryKind.ITEMS, code)
    assert found is None or isinstance(found, Item)
    return found


def test_an_item_that_is_in_no_list_cannot_be_planned(office: Office) -> None:
    case_id = office.open("annual_plan", by="cy-samr-handler1", lead="samr")
    with pytest.raises(FormInvalid) as refused:
        office.do(case_id, "draft", items=["CY-SAMR-99", "CY-SAMR-01"], **PLAN)
    assert "「CY-SAMR-99」不在有效的抽查事项清单内" in refused.value.sentence()
    assert "CY-SAMR-01" not in refused.value.sentence()


def test_an_approved_list_makes_its_items_plannable(office: Office) -> None:
    listed = approved(office)
    new = item(office, "CY-SAMR-99")
    assert new is not None
    assert new.department == "samr"
    plan = office.open("annual_plan", by="cy-samr-handler1", lead="samr")
    office.do(plan, "draft", items=["CY-SAMR-99"], **PLAN)
    with office.engine.store.read() as connection:
        batch = registry.latest_batch(connection, "chaoyang")
        latest = registry.batches(connection, "chaoyang", RegistryKind.ITEMS, limit=1)
    assert office.case(plan).fields["items_batch"] == batch
    assert latest[0].case_id == str(listed)
    assert office.audit(plan).is_clean
    assert office.audit(listed).is_clean


def test_what_a_list_does_not_speak_of_stays_as_it_reads(office: Office) -> None:
    before = item(office, "CY-SAMR-03")
    assert before is not None
    approved(office, row={"item_code": "CY-SAMR-03", "name": before.name, "content": "新内容"})
    after = item(office, "CY-SAMR-03")
    assert after is not None
    assert (after.content, after.ratio) == ("新内容", before.ratio)
    assert after.partners == before.partners


def test_an_item_that_a_list_retires_cannot_be_planned_any_more(office: Office) -> None:
    approved(office, row={"item_code": "CY-SAMR-01", "status": "停用"})
    case_id = office.open("annual_plan", by="cy-samr-handler1", lead="samr")
    with pytest.raises(FormInvalid):
        office.do(case_id, "draft", items=["CY-SAMR-01"], **PLAN)
