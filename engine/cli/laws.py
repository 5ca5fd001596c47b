"""rules check, test, fmt, explain, coverage, diff, backtest, complete: the tools of rules/tools."""

from __future__ import annotations

import click

from rules import tools


@click.command(
    name="rules",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def rules_command(arguments: tuple[str, ...]) -> None:
    """规则包：check test fmt explain coverage diff backtest complete（ssj rules -h）。"""
    raise SystemExit(tools.main(list(arguments)))


def attach(group: click.Group) -> None:
    group.add_command(rules_command)
