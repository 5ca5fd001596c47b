"""How values look on a page: days, instants, deadlines in working days, names, recorded answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flask import Flask

from engine.clock import SHANGHAI, legal_day
from engine.clock import instant as moment_of
from engine.history import Json
from web import files
from web.forms.schema import Field, grouped, written
from web.forms.sections import is_folded, sections
from web.language import gettext as _
from web.language import language
from web.named import named
from web.site import site

if TYPE_CHECKING:
    from rules.pack import Law

FARTHEST = 400  # days ahead that are counted; beyond it the date alone is enough


@dataclass(frozen=True, slots=True, kw_only=True)
class DueShown:
    """A deadline in words; `tone` colours the words, it never replaces them."""

    words: str
    tone: str
    last_day: date | None
    note: str = ""


def day(value: date | datetime | None) -> str:
    """Write the civil day in Shanghai, as `2026-06-15`."""
    if value is None:
        return ""
    return (legal_day(value) if isinstance(value, datetime) else value).isoformat()


def instant(value: datetime | None) -> str:
    """Write an instant in Shanghai to the minute."""
    return "" if value is None else value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def second(value: datetime) -> str:
    """Write an instant in Shanghai to the second: since when something is running."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def moment(recorded: str) -> str:
    """Write a recorded UTC instant in Shanghai to the second: the order of a draw is told by it."""
    return second(moment_of(recorded))


def last_day_of(due_at: datetime) -> date:
    """Return the day that is still in time: `due_at` is its 24:00."""
    return legal_day(due_at - timedelta(microseconds=1))


def due(due_at: datetime | None, jurisdiction: str) -> DueShown | None:
    """Say how much time is left in working days; None where the law sets no deadline."""
    if due_at is None:
        return None
    today, last = site().today(), last_day_of(due_at)
    left, known = _working_days(site().law(jurisdiction), *sorted((today, last)))
    note = "" if known else _("节假日安排未发布，暂按周一至周五")
    if site().now() >= due_at:
        if not known:
            return DueShown(words=_("期限待定"), tone="warn", last_day=last, note=note)
        words = _("已逾期 %(n)s 个工作日", n=left) if left else _("已逾期")
        return DueShown(words=words, tone="bad", last_day=last)
    if last == today:
        return DueShown(words=_("今天到期"), tone="warn", last_day=last, note=note)
    tone = "warn" if left <= 3 else ""
    words = _("还剩 %(n)s 个工作日", n=left)
    return DueShown(words=words, tone=tone, last_day=last, note=note)


def _working_days(law: Law | None, first: date, last: date) -> tuple[int, bool]:
    """Count working days after `first` up to `last`; False when a year's calendar is missing."""
    count, known = 0, True
    span = min((last - first).days, FARTHEST)
    for offset in range(1, span + 1):
        each = first + timedelta(days=offset)
        working = law.calendar.is_working_day(each) if law else None
        if working is None:
            known = False
            working = each.weekday() < 5
        count += working
    return count, known


def department(code: str | None, jurisdiction: str | None) -> str:
    """Return the name of a department in its jurisdiction; an unknown code stays itself."""
    law = site().law(jurisdiction or "")
    found = law.organisation.departments.get(code or "") if law else None
    return found.name if found else (code or "")


def position(code: str, jurisdiction: str | None) -> str:
    law = site().law(jurisdiction or "")
    return law.organisation.positions.get(code, code) if law else code


def process(code: str, where: str) -> str:
    """Return the name of a process as its diagram gives it; an unknown one stays itself."""
    return site().processes.get(where, {}).get(code, code)


def jurisdiction(code: str) -> str:
    law = site().law(code)
    return law.organisation.name if law else code


def answer(value: Json, field: Field | None, where: str) -> str:
    """Write a recorded answer in the words of the form that asked for it."""
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(answer(each, field, where) for each in value)
    if isinstance(value, dict):
        return _row(value, field, where)
    return _word(str(value), field, where)


def cell(value: object) -> str:
    """Write one field of a registry row: words as they are, lists with 、, nothing as a dash."""
    if value is None or value in ("", ()):
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "、".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _row(value: Mapping[str, Json], field: Field | None, where: str) -> str:
    if set(value) == {"personal"}:
        return _("（个人信息，另行保存）")
    columns = {column.name: column for column in field.columns} if field else {}
    parts = []
    for name, each in value.items():
        column = columns.get(name)
        title = _(column.title) if column else name
        parts.append(f"{title}：{answer(each, column, where)}")
    return "；".join(parts)


def _word(value: str, field: Field | None, where: str) -> str:
    attached = files.parts(value)
    if attached is not None:
        return attached[1]
    if field is None:
        return value
    if field.widget in ("department", "departments"):
        return department(value, where)
    title = next((option.title for option in field.options if option.value == value), None)
    return _(title) if title else value


def init(app: Flask) -> None:
    app.jinja_env.filters.update(
        day=day,
        instant=instant,
        moment=moment,
        due=due,
        second=second,
        last_day=lambda due_at: last_day_of(due_at) if due_at else None,
        department=department,
        position=position,
        jurisdiction=jurisdiction,
        process=process,
        written=written,
        grouped=grouped,
        sections=sections,
        said=_,
        cell=cell,
        answer=answer,
        named=named,
    )
    app.jinja_env.globals.update(language=language, is_folded=is_folded)
