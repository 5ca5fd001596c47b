"""凡不能随机对象、人员的：a time, content, method or area drawn for each unit (PJ 一（二）).

The options stand in the manifest, so nobody can choose them once the random value is known. A
strategy that states none still fixes one, the weeks of the task, in case nobody can be matched.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from engine.draw.refusals import ManifestProblem
from engine.draw.terms import Choice

Fields = Mapping[str, Any]

TIME, CONTENT, METHOD, AREA = "检查时间", "检查内容", "检查方式", "检查区域"
# dimension → the strategy's field of its options, the visit's field of what was drawn
FIELDS: Mapping[str, tuple[str, str]] = {
    TIME: ("time_options", "random_time"),
    CONTENT: ("content_options", "random_content"),
    METHOD: ("method_options", "random_method"),
    AREA: ("area_options", "random_area"),
}
WAYS = ("实地核查", "书面检查", "网络监测")
LEAST = 2  # with one option nothing is drawn
DIRECT, EVERYONE = "直接指派", "全覆盖"


def choices(fields: Fields) -> tuple[Choice, ...]:
    """Return what the manifest fixes to be drawn for each unit, never nothing."""
    named = tuple(fields.get("random_dimensions_chosen") or ()) or (TIME,)
    return tuple(_choice(name, fields) for name in named)


def _choice(dimension: str, fields: Fields) -> Choice:
    stated = [str(option).strip() for option in fields.get(FIELDS[dimension][0]) or ()]
    options = tuple(dict.fromkeys(filter(None, stated))) or _usual(dimension, fields)
    wanted = int(fields.get("content_count") or 1) if dimension == CONTENT else 1
    if len(options) < LEAST or wanted >= len(options):
        raise ManifestProblem(
            field="options",
            why=f"「{dimension}」的可选项不足，抽不出随机的结果",
            why_en=f"`{dimension}` has too few options to draw from",
        )
    return Choice(dimension=dimension, options=options, count=wanted)


def _usual(dimension: str, fields: Fields) -> tuple[str, ...]:
    """Return the options of a dimension for which the strategy lists none."""
    if dimension == TIME:
        return tuple(_weeks(fields["task_start"], fields["task_end"]))
    if dimension == CONTENT:
        return tuple(fields.get("items", ()))
    return WAYS if dimension == METHOD else ()


def _weeks(first: str, last: str) -> list[str]:
    """Return the calendar weeks of the task, cut at both ends; a short task gives its days."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    step = timedelta(days=7)
    monday = start - timedelta(days=start.weekday())
    found = []
    while monday <= end:
        found.append((max(monday, start), min(monday + step - timedelta(days=1), end)))
        monday += step
    if len(found) < LEAST:
        days = (end - start).days + 1
        return [(start + timedelta(days=n)).isoformat() for n in range(days)]
    return [f"{begin.isoformat()}至{until.isoformat()}" for begin, until in found]


def apply(fields: Fields) -> bool:
    """Return whether what was drawn binds the visits: stated, or nobody was drawn otherwise."""
    return (
        bool(fields.get("random_dimensions_chosen"))
        or fields.get("object_method") == EVERYONE
        or fields.get("staff_method") == DIRECT
    )


def of_visits(fields: Fields, drawn: Mapping[str, Any]) -> dict[str, str]:
    """Return dimension → field of a visit, for the dimensions that bind; empty if none does."""
    if not apply(fields):
        return {}
    return {name: FIELDS[name][1] for name in drawn["options"]}


def in_words(fields: Fields, drawn: Mapping[str, Any]) -> list[str]:
    """Return what was drawn for each unit, as the minutes print it."""
    if not apply(fields):
        return []
    return [
        f"{name}：{unit} {options}"
        for name, lines in drawn["options"].items()
        for unit, _, options in (line.partition("|") for line in lines)
    ]
