"""What a list page was asked for: the filters and the page number in its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import current_app, request, url_for

from engine.errors import ProductError

PAGE = 50
FARTHEST = 10_000
LONGEST = 10  # digits
DAY = "2026-06-15"


class NotADay(ProductError):
    code = "not-a-day"
    zh = "「{day}」不是日期，请按 2026-06-15 的样子填写。"
    en = "“{day}” is no day; write it like 2026-06-15."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Filters live in the address, so that a list can be shared, printed and gone back to."""

    page: int
    search: str
    size: int = PAGE

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    @property
    def limit(self) -> int:
        """One more than a page shows: whether it comes back tells if there is a next page."""
        return self.size + 1


def asked() -> Asked:
    page = whole(request.args.get("page", "1"), otherwise=1)
    return Asked(page=max(1, min(page, FARTHEST)), search=request.args.get("q", "").strip()[:100])


def whole(written: str, *, otherwise: int) -> int:
    """Return a number from an address or a form; whatever is no short plain number is none."""
    plain = written.isascii() and written.isdigit() and len(written) < LONGEST
    return int(written) if plain else otherwise


def day(written: str) -> date | None:
    """Return a day as a browser writes it; None for anything else."""
    try:
        return date.fromisoformat(written.strip()) if len(written.strip()) == len(DAY) else None
    except ValueError:
        return None


def word(name: str) -> str | None:
    """Return one filter value of the address; an empty one filters nothing."""
    return request.args.get(name, "").strip()[:100] or None


def way_back() -> str:
    """Return the page that this request came from, to be read again; "/" where there is none."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    named = request.view_args or {}
    if {"number", "element"} <= set(named):  # taking a task, handing it in, supplying its facts
        return url_for("tasks.show", number=named["number"], element=named["element"])
    above = request.path.rpartition("/")[0]
    known = current_app.url_map.bind("")
    return next((path for path in (request.path, above) if path and known.test(path, "GET")), "/")
