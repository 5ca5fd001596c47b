"""rules check, test, fmt, explain, coverage, diff, backtest, complete."""

from __future__ import annotations

import click


@click.group(name="rules")
def rules_group() -> None:
    """规则包：检查、测试、排版、解释、覆盖、比较、回测、补全。"""


def attach(group: click.Group) -> None:
    group.add_command(rules_group)
