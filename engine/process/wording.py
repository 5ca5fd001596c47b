"""The four sentences of a problem code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Wording:
    """What is wrong and what to do, and whether it keeps a diagram from being published."""

    zh: str
    en: str
    zh_hint: str = ""
    en_hint: str = ""
    severity: Severity = "error"
