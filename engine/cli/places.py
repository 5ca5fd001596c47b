"""Which place a verb is about: a jurisdiction that has a pack, or one sentence naming those."""

from __future__ import annotations

import click

from engine import config
from engine.cli.speech import language
from rules import organisation, pack
from rules.organisation import Organisation


def known(_context: click.Context, _parameter: click.Parameter, named: str | None) -> str | None:
    """Let a jurisdiction pass that has a pack, and none named where none is needed."""
    there = pack.jurisdictions(config.read().packs)
    if named is None or named in there:
        return named
    listed = "、".join(there)
    message = (
        f"there is no jurisdiction “{named}”; there are: {', '.join(there)}"
        if language() == "en"
        else f"没有辖区「{named}」；有：{listed}"
    )
    raise click.BadParameter(message)


in_jurisdiction = click.option("--jurisdiction", required=True, callback=known, help="辖区")


def organised(jurisdiction: str) -> Organisation:
    """Return the departments and positions a jurisdiction's pack names."""
    place = config.read().packs / jurisdiction / "organisation.toml"
    return organisation.load(place.read_bytes(), str(place))
