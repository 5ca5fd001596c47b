"""Chinese first: every text of a page or a form has its English."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg as untyped_parse_mapping
from babel.messages.pofile import read_po

from tests.web.conftest import House
from web import language

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "web" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MAPPING = ROOT / "web" / "translations" / "babel.cfg"
KEYWORDS = {"_": None, "gettext": None, "_l": None, "_on_task": None}

parse_mapping: Callable[[IO[str]], tuple[Any, Any]] = untyped_parse_mapping


def shown_texts() -> set[str]:
    with MAPPING.open() as mapping:
        methods, options = parse_mapping(mapping)
    found = extract_from_dir(str(ROOT), methods, options, keywords=KEYWORDS)
    return {str(message) for _file, _line, message, _comments, _context in found}


def _key(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else text[0]


def _wordings(text: str | Sequence[str] | None) -> Sequence[str | None]:
    return (text,) if text is None or isinstance(text, str) else text


def test_every_text_has_its_english() -> None:
    with CATALOGUE.open("rb") as text:
        catalogue = read_po(text, locale="en")
    english = {_key(message.id): all(_wordings(message.string)) for message in catalogue}
    missing = sorted(text for text in shown_texts() if not english.get(text))
    assert missing == [], f"add to {CATALOGUE.relative_to(ROOT)}"


def test_a_translation_names_the_same_values_as_its_text() -> None:
    with CATALOGUE.open("rb") as text:
        catalogue = read_po(text, locale="en")
    wrong = [message.id for message in catalogue if list(message.check())]
    assert wrong == []


@pytest.mark.parametrize(
    ("tongue", "count", "said"),
    [
        ("en", 1, "1 item"),
        ("en", 2, "2 items"),
        ("en", 0, "0 items"),
        ("en", "1", "1 item"),
        ("zh", 1, "1 项"),
    ],
)
def test_english_tells_one_from_many(house: House, tongue: str, count: object, said: str) -> None:
    chosen = {"HTTP_COOKIE": f"{language.COOKIE}={tongue}"}
    with house.app.test_request_context("/public", environ_base=chosen):
        assert language.gettext("%(n)s 项", n=count) == said


def test_a_text_that_counts_nothing_is_worded_once(house: House) -> None:
    chosen = {"HTTP_COOKIE": f"{language.COOKIE}=en"}
    with house.app.test_request_context("/public", environ_base=chosen):
        assert language.gettext("流程图文件") == "Diagram file"
