"""Which items a form offers: all, where it says what the case is about; later only those."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

import pytest

from engine.registry.types import Item, ItemStatus, RegistryKind
from engine.store import registry
from tests.engine import chains
from tests.web.conftest import House
from tests.web.visitor import readable
from web.choices import Choices
from web.forms import schema
from web.forms.schema import Form

HANDLER = "cy-samr-handler1"
OFFERED = re.compile(r'<input type="checkbox"[^>]* name="items" value="([^"]+)"')


def active(house: House, jurisdiction: str = "chaoyang") -> set[str]:
    with house.office.engine.store.read() as tx:
        rows = registry.current(tx, jurisdiction, RegistryKind.ITEMS)
        return {
            row.item_code
            for row in rows
            if isinstance(row, Item) and row.status is ItemStatus.ACTIVE
        }


def forms(house: House) -> dict[str, Form]:
    return {
        name: schema.read(name, json.loads(content))
        for shelf in house.shelves.values()
        for name, content in shelf.forms.items()
    }


def offered(house: House, form: Form, path: str, **known: Any) -> set[str]:
    """Return what a form offers in a case that has chosen one item of the two of its parent."""
    whole, _, column = path.partition(".")
    field = next(each for each in form.fields if each.name == whole)
    if column:
        field = next(each for each in field.columns if each.name == column)
    with house.app.test_request_context(), house.office.engine.store.read() as tx:
        choices = Choices(tx=tx, where="chaoyang", fields={"items": ["CY-SAMR-01"]}, **known)
        return {option.value for option in choices(field)}


def test_a_form_that_says_what_a_case_is_about_offers_every_item_however_often_it_is_asked(
    house: House,
) -> None:
    begun = {"items": ["CY-SAMR-01", "CY-SAMR-02"]}
    asked = {
        name: offered(house, form, "items", begun=begun)
        for name, form in forms(house).items()
        if any(field.name == "items" and field.widget == "items" for field in form.fields)
    }
    of_a_plan = asked.pop("task-plan-line")
    assert of_a_plan == set(begun["items"]), "a task takes its items out of the plan"
    assert len(asked) >= 10
    assert {name for name, found in asked.items() if found != active(house)} == set()


@pytest.mark.parametrize("form", ["site-visit", "department-checklist", "non-random-visit"])
def test_a_later_step_names_only_the_items_of_the_case(house: House, form: str) -> None:
    assert offered(house, forms(house)[form], "item_results.item") == {"CY-SAMR-01"}


@pytest.fixture
def sent_back(house: House) -> UUID:
    plan = chains.drafted_plan(house.office, items=["CY-SAMR-01"])
    house.office.do(plan, "sign_off", sign_off_decision="退回修改", sign_off_opinion="换事项")
    return plan


def test_the_items_of_a_plan_that_was_sent_back_can_be_changed(
    house: House, sent_back: UUID
) -> None:
    case = house.office.case(sent_back)
    visitor, address = house.visitor(HANDLER), f"/tasks/{case.number}/draft"
    page = visitor.get(address).text
    assert set(OFFERED.findall(page)) == active(house)
    assert "data-pick-filter" in page
    wishes = {**chains.PLAN, "items": ["CY-SAMR-02"]}
    answers = house.office.answer(case, ("draft", ""), **wishes)
    answers = {name: "true" if given is True else given for name, given in answers.items()}
    assert visitor.post(address, answers).status_code == 303
    assert visitor.post(f"{address}/check", visitor.hidden(f"{address}/check")).status_code == 303
    assert house.office.case(sent_back).fields["items"] == ["CY-SAMR-02"]


def test_a_task_takes_its_items_from_its_plan_and_from_nowhere_else(house: House) -> None:
    office = house.office
    plan = chains.approved_plan(office)
    task = office.open(
        "inspection_task", by=HANDLER, lead="samr", parent=plan, participants=("fire", "health")
    )
    case = office.case(task)
    visitor, address = house.visitor(HANDLER), f"/tasks/{case.number}/choose"
    assert set(OFFERED.findall(visitor.get(address).text)) == set(chains.ITEMS["chaoyang"])
    foreign = next(iter(active(house) - set(chains.ITEMS["chaoyang"])))
    answer = visitor.post(address, {**office.answer(case, ("choose", "")), "items": [foreign]})
    assert answer.status_code == 422
    assert "「抽查事项」：请从所列选项中选择。" in readable(answer.text)
