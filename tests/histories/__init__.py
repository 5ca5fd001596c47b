"""Recorded cases that must audit clean for ever, with every file that decided them.

`<city>-<process>.jsonl`: the files of the case's version by path, then its events as stored.
`files/`: what those paths and the events name by address, each once: diagrams, forms, rules, and
what was frozen and drawn.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
FILES = FOLDER / "files"
