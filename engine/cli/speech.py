"""How the command line speaks: the language of the locale, and one JSON form for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def language() -> str:
    """Return "en" for an English locale, else "zh"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        written = os.environ.get(name, "")
        if written:
            return "en" if written.lower().startswith("en") else "zh"
    return "zh"


def say(zh: str, en: str | None = None) -> None:
    click.echo(en if en is not None and language() == "en" else zh)


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def as_json(function: F) -> F:
    """Add `--json` to a reading verb."""
    return click.option("--json", "in_json", is_flag=True, help="以 JSON 输出")(function)
