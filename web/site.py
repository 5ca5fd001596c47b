"""What the pages stand on: the store, the one `handle`, the laws, the clock, the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flask import current_app

from engine.clock import legal_day
from engine.edge import Clock, wall_clock
from engine.store.database import Store

if TYPE_CHECKING:
    from engine.catalogue import Shelf
    from engine.service import Engine
    from rules.pack import Law
    from web.forms.schema import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """What may differ between installations; `secret` signs the CSRF cookie and nothing else."""

    secret: str
    var: Path
    secure: bool = False  # True behind HTTPS: cookies are sent over nothing else
    processes: int = 1  # more than one: rate limits are counted in the database
    proxies: int = 0  # how many trusted proxies set X-Forwarded-For
    metrics_token: str = ""  # opens /metrics to other machines; empty: to none
    upload_limit: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The parts behind the pages, made once when the program starts."""

    engine: Engine
    shelves: Mapping[str, Shelf]  # per jurisdiction: its law, its shipped diagrams and forms
    settings: WebSettings
    processes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # names, by place
    questions: Mapping[str, Mapping[str, Field]] = field(default_factory=dict)  # of shipped forms
    demo: bool = False
    # for sessions and limits, whatever the clock of the cases says
    wall: Clock = field(default=wall_clock)

    @property
    def store(self) -> Store:
        return self.engine.store

    def now(self) -> datetime:
        """Return the present of the product; a demo database has its own."""
        return self.engine.now()

    def today(self) -> date:
        return legal_day(self.now())

    def law(self, jurisdiction: str) -> Law | None:
        shelf = self.shelves.get(jurisdiction)
        return shelf.law if shelf else None


def site() -> Site:
    """Return the parts behind the running application."""
    return cast("Site", current_app.extensions["ssj"])
