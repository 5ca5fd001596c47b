"""What a timer says: a deadline rule, an instant the case holds, or an ISO 8601 date or duration.

The diagram holds plain text (`rule:结果公示期限`, `case.reveal_by`, `P7D`, `R3/P7D`); nothing is
evaluated and no clock is read. The due instant is decided once, recorded, and carried by the case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from engine.clock import SHANGHAI, end_of_day
from engine.process.errors import BadTimer

_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,4})W|(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,7})S)?)?)",
    re.ASCII,
)
_REPEAT = re.compile(r"R(?P<times>[1-9]\d{0,2})/(?P<rest>P.+)", re.ASCII)
_FIELD = re.compile(r"case\.([a-z][a-z0-9_]*)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?P<time>T.+)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A timer as the diagram states it: one of `rule`, `field`, `length`, `due_at` is set."""

    text: str
    times: int = 1
    rule: str | None = None
    field: str | None = None  # of the case, holding an instant that was fixed earlier
    length: timedelta | None = None
    due_at: datetime | None = None

    def due(self, since: datetime) -> datetime | None:
        """Return the first instant that is too late, None where the case must be asked.

        A date without a time means the end of that day in Shanghai. Source: ISO 8601-1:2019, 5.
        """
        return self.due_at if self.length is None else since + self.length


def read(text: str) -> Timer:
    """Read a timer's text; months and years are refused because their length is not fixed."""
    if text.startswith("rule:") and text[5:].strip():
        return Timer(text=text, rule=text[5:].strip())
    if named := _FIELD.fullmatch(text):
        return Timer(text=text, field=named[1])
    if repeat := _REPEAT.fullmatch(text):
        return Timer(text=text, times=int(repeat["times"]), length=_length(text, repeat["rest"]))
    if text.startswith("P"):
        return Timer(text=text, length=_length(text, text))
    return Timer(text=text, due_at=_instant(text))


def _length(text: str, duration: str) -> timedelta:
    match = _DURATION.fullmatch(duration)
    length = (
        timedelta(**{k: int(v) for k, v in match.groupdict(default="0").items()}) if match else None
    )
    if not length:
        raise BadTimer(text=text)  # a length of zero would repeat for ever at one instant
    return length


def _instant(text: str) -> datetime:
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise BadTimer(text=text)
        if match["time"] is None:
            return end_of_day(date.fromisoformat(text))
        instant = datetime.fromisoformat(text)
        instant.astimezone(UTC)  # the first and last days of all years have none elsewhere
    except (ValueError, OverflowError) as error:
        raise BadTimer(text=text) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)
