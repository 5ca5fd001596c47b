"""The look in numbers: contrast of the colours that carry text, and the size of the style sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "web" / "static" / "style.css").read_text("utf-8")
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", CSS))

PAIRS = [
    ("ink", "paper"),
    ("ink", "ground"),
    ("soft", "paper"),
    ("soft", "ground"),
    ("link", "paper"),
    ("link", "ground"),
    ("good", "good-bg"),
    ("warn", "warn-bg"),
    ("bad", "bad-bg"),
    ("bad", "paper"),
    ("calm", "calm-bg"),
    ("ink", "focus"),
    ("paper", "deep"),
    ("paper", "deep-2"),
    ("paper", "seal"),
    ("paper", "bad"),
]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(mark * 2 for mark in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(text: str, ground: str) -> None:
    lighter, darker = sorted((luminance(TOKENS[text]), luminance(TOKENS[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_style_sheet_stays_small() -> None:
    assert len(CSS.encode()) < 16 * 1024


def test_the_style_sheet_fetches_nothing() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
