"""What a verb of `ssj rules` answers, and what it asks of a pack first."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rules.errors import RulesError
from rules.pack import Law, examine, read_files

PACKS = Path(__file__).parent / "packs"


class Misuse(RulesError):
    """The caller asked for something that is not there."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a verb found: `data` for --json, `text` for people."""

    data: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    exit_code: int = 0


def load_law(root: Path, name: str) -> Law:
    """Load a pack as far as possible; the problems are the business of `check_packs`."""
    return examine(read_files(root, name), name)[0]
