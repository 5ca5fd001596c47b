"""How often one address may ask. One process counts in memory, several count in the database."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import Storage

from engine.store import throttle
from web.site import Site, site

SIGN_IN = "20 per minute; 200 per hour"
CHECKS = "150 per minute"  # a definition check starts a trial process
PUBLIC_PAGES = "600 per minute"
UPLOADS = "120 per minute"

limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=True)


class DatabaseStorage(Storage):
    """Fixed windows in table `hits`; each count is a transaction of its own."""

    STORAGE_SCHEME: list[str] | None = ["ssj"]  # noqa: RUF012 - so the library declares it

    @property
    def base_exceptions(self) -> type[Exception]:
        return Exception  # none is wrapped: a failing database is an incident of its own

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        here = site()
        window = timedelta(seconds=expiry)
        with here.store.write() as tx:
            return throttle.count(tx, key, window=window, amount=amount, at=here.wall())

    def get(self, key: str) -> int:
        here = site()
        with here.store.read() as tx:
            return throttle.reading(tx, key, at=here.wall())[0]

    def get_expiry(self, key: str) -> float:
        here = site()
        with here.store.read() as tx:
            return throttle.reading(tx, key, at=here.wall())[1].timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with site().store.write() as tx:
            throttle.forget(tx)
        return None

    def clear(self, key: str) -> None:
        with site().store.write() as tx:
            throttle.forget(tx, key)


def init(app: Flask, here: Site) -> None:
    several = here.settings.processes > 1
    app.config["RATELIMIT_STORAGE_URI"] = "ssj://" if several else "memory://"
    limiter.init_app(app)
