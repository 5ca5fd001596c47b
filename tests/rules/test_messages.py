"""Messages of bad rule files: the file and what must be said about it stand in one place.

Each golden file holds rules in ```规则 fences and the expected messages in one ```应报 fence. To
accept new messages after reading them: SSJ_ACCEPT=1 pytest tests/rules/test_messages.py."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from rules.language.check import check
from rules.pack import examine
from tests.rules.city import SOURCE, files

GOLDEN = Path(__file__).parent / "golden"
EXPECTED = re.compile(r"```应报\n(.*?)```", re.DOTALL)


def messages(text: str) -> list[str]:
    """Return every error and warning of a file, as an author reads them."""
    rules = EXPECTED.sub("", text)
    pack = files("")
    del pack["xugou/规则.md"]
    given = {**pack, "xugou/本文件.md": rules.encode(), "xugou/sources/XG.txt": SOURCE.encode()}
    law, problems = examine(given, "xugou")
    found = [p for p in problems if p.file.startswith("xugou/本文件")]
    if law is not None:
        found += [p for p in check(law) if p.file.startswith("xugou/本文件")]
    mark = {"error": "", "warning": "（提醒）"}
    return [f"{mark[p.severity]}{str(p).split('：', 1)[1]}" for p in sorted(set(found))]


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.md")), ids=lambda path: path.stem)
def test_every_error_is_said_in_one_line_with_its_place(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    said = messages(text)
    if os.environ.get("SSJ_ACCEPT"):
        block = "```应报\n" + "\n".join(said) + "\n```"
        path.write_text(EXPECTED.sub(lambda _: block, text), encoding="utf-8")
        return
    expected = EXPECTED.search(text)
    assert expected is not None
    assert said == expected.group(1).strip("\n").split("\n")
