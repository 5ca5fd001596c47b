"""draw verify: check the evidence of a draw with the stand-alone verifier."""

from __future__ import annotations

from pathlib import Path

import click

from engine.draw import verify


@click.group()
def draw() -> None:
    """抽取。"""


@draw.command(name="verify")
@click.argument("evidence", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify_evidence(evidence: Path) -> None:
    """核对抽取证据；与 python verify.py EVIDENCE 相同。"""
    raise SystemExit(verify.main([str(evidence)]))


def attach(group: click.Group) -> None:
    group.add_command(draw)
