"""The conditions of the packs with every space taken out: same meaning, or a stated doubt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.errors import PackProblems
from rules.language.declarations import Rule
from rules.language.parse import parse_text
from rules.language.write import write
from rules.pack import Law, jurisdictions, read

PACKS = Path(__file__).parents[2] / "rules" / "packs"


def conditions(law: Law) -> Iterator[str]:
    """Yield the one-line conditions and duties of a pack in canonical spacing."""
    for path, content in law.files.items():
        if not path.endswith(".md"):
            continue
        for block in parse_text(content.decode(), path, law.vocabulary).blocks:
            if isinstance(block, Rule):
                body = block.clauses.conclusion.body if block.clauses.conclusion else None
                for expr in (block.clauses.condition, body):
                    if expr is not None and "\n" not in (text := write(expr)):
                        yield text


@pytest.mark.parametrize("name", jurisdictions(PACKS))
def test_no_condition_changes_its_meaning_when_the_spaces_go(name: str) -> None:
    law = read(PACKS, name)
    asked = doubtful = 0
    for text in dict.fromkeys(conditions(law)):
        asked += 1
        try:
            squeezed = law.condition(text.replace(" ", ""))
        except PackProblems:
            doubtful += 1
            continue
        assert squeezed.core == law.condition(text).core, text
    assert asked > 50
    assert doubtful <= asked * 0.1
