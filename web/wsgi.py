"""The entry for gunicorn: `web.wsgi:application()` builds the application from the settings."""

from __future__ import annotations

import os

from flask import Flask

from engine import boot, config
from engine.store.settings import StoredClock
from web.app import create_app, read_shelves


def application() -> Flask:
    """Open the initialised database and put the pages over it, once per process.

    `SSJ_SECURE=1` when served over HTTPS; `SSJ_PROXIES` is the number of proxies in front;
    `SSJ_METRICS_TOKEN` lets another machine read /metrics.
    """
    settings = config.read()
    engine = boot.open_engine(settings)
    engine.shelf.warm(at=engine.now())
    demo = isinstance(engine.now, StoredClock) and engine.now.is_demo
    return create_app(
        engine,
        secret_key=settings.secret_key(),
        var=settings.var,
        demo=demo,
        secure=settings.secure,
        processes=settings.processes,
        proxies=settings.proxies,
        metrics_token=os.environ.get("SSJ_METRICS_TOKEN", ""),
        shelves=read_shelves(settings.workflows, settings.packs),
    )
