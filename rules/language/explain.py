"""Verdicts in sentences."""

from __future__ import annotations
from typing import Any


def sentences(a: Any, lang: str) -> str:
    return f"结论：{a.verdict}"


def trace(a: Any) -> Any:
    return {"verdict": str(a.verdict)}
