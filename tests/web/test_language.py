"""Chinese first: every text of a page or a form has its English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg as untyped_parse_mapping
from babel.messages.pofile import read_po

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


def test_every_text_has_its_english() -> None:
    with CATALOGUE.open("rb") as text:
        catalogue = read_po(text, locale="en")
    english = {str(message.id): str(message.string) for message in catalogue if message.id}
    missing = sorted(text for text in shown_texts() if not english.get(text))
    assert missing == [], f"add to {CATALOGUE.relative_to(ROOT)}"


def test_a_translation_names_the_same_values_as_its_text() -> None:
    with CATALOGUE.open("rb") as text:
        catalogue = read_po(text, locale="en")
    wrong = [message.id for message in catalogue if list(message.check())]
    assert wrong == []
