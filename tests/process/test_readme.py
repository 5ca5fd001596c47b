"""The example in the README of the process room runs."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import engine.process as room
from tests.process.drawing import chain, document, end, service, start, user
from tests.process.driving import Fact


def test_the_example_runs() -> None:
    text = (Path(room.__path__[0]) / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    diagram = document(
        start("s") + user("draft") + service("draw") + end("e") + chain("s", "draft", "draw", "e")
    )
    exec(example, {"diagram": diagram, "law": SimpleNamespace(condition=Fact)})
