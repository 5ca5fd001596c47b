"""draw verify and draw promise: check a published draw; promise a value to a coming one."""

from __future__ import annotations

from pathlib import Path

import click

from engine import edge
from engine.draw import verify
from engine.draw.reveals import Reveal


@click.group()
def draw() -> None:
    """抽取。"""


@draw.command(name="verify")
@click.argument("evidence", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify_evidence(evidence: Path) -> None:
    """核对抽取证据；与 python verify.py EVIDENCE 相同。"""
    raise SystemExit(verify.main([str(evidence)]))


@draw.command()
@click.argument("party")
def promise(party: str) -> None:
    """生成承诺用的盐和值，打印承诺摘要；不写入任何地方。"""
    made = Reveal(
        party=party, salt=edge.new_salt() + edge.new_salt(), value=edge.new_salt() + edge.new_salt()
    )
    promised = made.commit.commit  # a party that cannot be named is refused before a value is shown
    click.echo(f"盐 salt          {made.salt}")
    click.echo(f"值 value         {made.value}")
    click.echo(f"承诺摘要 promise  {promised}")
    click.echo(
        "盐和值请自行保存，公开以前不要告诉任何人。 Keep salt and value; tell nobody before."
    )


def attach(group: click.Group) -> None:
    group.add_command(draw)
