"""How an answer gets onto a page in a browser: typed, chosen or ticked, with every fold opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page

from web.forms.schema import written


def write(page: Page, name: str, value: Any) -> None:
    """Type, choose or tick one answer; the rows of a table are written one by one."""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, row in enumerate(value):
            for column, each in row.items():
                write(page, f"{name}.{number}.{column}", each)
        return
    inputs = page.locator(f'[name="{name}"]')
    match inputs.first.evaluate("it => it.type"):
        case "hidden":
            return
        case "checkbox" | "radio" as kind:
            _tick(inputs, {written(each) for each in _each(value)}, only_on=kind == "radio")
        case "select-one":
            unfold(inputs)
            inputs.select_option(written(value))
        case _:
            unfold(inputs)
            is_share = inputs.get_attribute("inputmode") == "decimal"
            text = "\n".join(written(each) for each in _each(value))
            inputs.fill(text.removesuffix("%") if is_share else text)


def unfold(target: Locator) -> None:
    """Open every fold around something, outermost first, as a reader would."""
    for fold in target.locator("xpath=ancestor::details").all():
        if fold.get_attribute("open") is None:
            fold.locator("> summary").click()


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _tick(boxes: Locator, chosen: set[str], *, only_on: bool) -> None:
    """Leave exactly the chosen boxes ticked; a button of a group is only ever pressed."""
    for box in boxes.all():
        wanted = box.get_attribute("value") in chosen
        if box.is_checked() != wanted and (wanted or not only_on):
            unfold(box)
            box.set_checked(wanted)
