"""A draw for everybody: its evidence as tables, any one ticket computed again, all the files."""

from __future__ import annotations

import json
import mmap
import re
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file
from werkzeug.exceptions import NotFound

from engine import history
from engine.draw import tickets, verify
from engine.registry.codes import normal
from engine.store import readings
from web import limits, replacements
from web.access import PUBLIC, allow
from web.asked import asked
from web.replacements import Counted
from web.site import site

draws = Blueprint("draws", __name__, url_prefix="/public")

_NUMBER = re.compile(r"[A-Z0-9-]{3,64}")
_LIST = "list.txt"

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One stratum: whole, eligible, drawn; the largest ticket that still was drawn."""

    name: str
    members: tuple[str, ...]  # several where small strata were pooled
    listed: int
    eligible: int
    ratio: str
    size: int
    shortfall: int
    threshold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """A drawn subject with its place in its stratum."""

    stratum: str
    ticket: str
    unit: str
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Why somebody took no part: the rule's own message and the clauses it rests on."""

    rule: str
    message: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the draw says of one subject: its line of the frozen list and its ticket."""

    unit: str
    stratum: Stratum
    grounds: tuple[Ground, ...]
    ticket: str  # "" in a complete inspection
    line: str

    @property
    def is_drawn(self) -> bool:
        if self.grounds:
            return False
        return not self.ticket or self.ticket <= self.stratum.threshold


@draws.get("/draws/<number>")
@allow(PUBLIC)
@limits.limiter.limit(limits.PUBLIC_PAGES)
def draw(number: str) -> str:
    """How a draw was made, how any single subject fared, and how to make it again."""
    folder = folder_of(number)
    if folder is None:
        raise NotFound
    evidence = json.loads((folder / "evidence.json").read_bytes())
    unit = normal(request.args.get("unit", ""))[:64]
    wanted = asked()
    winners = winners_of(evidence)
    place, replaced = _beside(number)
    return render_template(
        "public/draw.html",
        number=number,
        place=place,
        replaced=replaced,
        evidence=evidence,
        strata=strata_of(evidence),
        winners=winners[wanted.offset : wanted.offset + wanted.limit],
        drawn=len(winners),
        wanted=wanted,
        unit=unit,
        checked=check(folder, evidence, unit, number) if unit else None,
        key_line=key_line(evidence),
        canonical=history.canonical(evidence["manifest"]).decode(),
        line_of=partial(ticket_line, evidence),
        listed=sorted(path.name for path in folder.iterdir() if path.suffix in (".json", ".txt")),
    )


@draws.get("/draws/<number>/<name>")
@allow(PUBLIC)
@limits.limiter.limit(limits.PUBLIC_PAGES)
def evidence_file(number: str, name: str) -> Response:
    folder = folder_of(number)
    if folder is None or name not in {path.name for path in folder.iterdir() if path.is_file()}:
        raise NotFound
    return send_file((folder / name).absolute(), as_attachment=True, download_name=name)


@draws.get("/verify.py")
@allow(PUBLIC)
@limits.limiter.limit(limits.PUBLIC_PAGES)
def verifier() -> Response:
    """The program that checks a draw: one file, nothing but Python's own library."""
    return send_file(str(verify.__file__), as_attachment=True, download_name="verify.py")


def folder_of(number: str) -> Path | None:
    """Return where the evidence of a draw lies; None while there is none, or for no number."""
    folder = site().settings.var / "evidence" / number
    known = _NUMBER.fullmatch(number) and (folder / "evidence.json").is_file()
    return folder if known else None


def _beside(number: str) -> tuple[str | None, Counted | None]:
    """Return the city a draw was made in, and the figures of what was replaced in it."""
    with site().store.read() as tx:
        row = readings.case_by_number(tx, number)
        if row is None:
            return None, None
        return row.jurisdiction, replacements.counted(tx, row.case_id)


def strata_of(evidence: Json) -> list[Stratum]:
    limits_of = {each["s"]: each["threshold"] for each in _result(evidence).get("strata", ())}
    return [
        Stratum(
            name=each["s"],
            members=tuple(each["members"]),
            listed=each["N"],
            eligible=each["eligible"],
            ratio=_share(*each["ratio"]) if each.get("ratio") else "",
            size=each["k"],
            shortfall=each.get("shortfall", 0),
            threshold=limits_of.get(each["s"]) or "",
        )
        for each in evidence["manifest"]["strata"]
    ]


def _share(part: int, whole: int) -> str:
    """Write a ratio as the plan does, in percent; one that percent cannot say stays a fraction."""
    share = Fraction(part, whole) * 100
    return f"{share}%" if share.denominator == 1 else f"{part}/{whole}"


def winners_of(evidence: Json) -> list[Winner]:
    result, places = _result(evidence), Counter[str]()
    found = []
    for text in result.get("winners", ()):
        stratum, ticket, unit = text.split("|")
        places[stratum] += 1
        found.append(Winner(stratum=stratum, ticket=ticket, unit=unit, place=places[stratum]))
    return found


def ticket_line(evidence: Json, unit: str) -> str:
    """Return the one line that computes a subject's ticket in any shell."""
    return _line(evidence, f"{_result(evidence).get('key')}:{unit}")


def key_line(evidence: Json) -> str:
    """Return the one line that computes the key; a campaign shares one over several manifests."""
    beacon = evidence.get("beacon")
    if beacon is None or evidence["manifest"].get("campaign"):
        return ""
    opened = {each["party"]: each["value"] for each in evidence["reveals"]}
    promised = [each["party"] for each in evidence["manifest"]["reveal_commits"]]
    reveals = [opened[party] for party in promised if party in opened]
    parts = [tickets.KEY_VERSION, evidence["manifest_hash"], *reveals, *beacon["values"]]
    return _line(evidence, "|".join(parts))


def _line(evidence: Json, text: str) -> str:
    program = "sha256sum" if evidence["manifest"]["alg"] == "sha256" else "openssl dgst -sm3"
    return f"printf '%s' {shlex.quote(text)} | {program}"


def check(folder: Path, evidence: Json, unit: str, number: str) -> Checked | None:
    """Compute one subject's ticket again; None when it is not in the published list."""
    row = _row(folder / _LIST, unit)
    if row is None:
        return None
    _unit, member, _flags, codes = row
    key = _result(evidence).get("key")
    return Checked(
        unit=unit,
        stratum=next(each for each in strata_of(evidence) if member in each.members),
        grounds=_grounds(number, codes.split(",")) if codes else (),
        ticket=tickets.ticket(key, unit, evidence["manifest"]["alg"]) if key else "",
        line=ticket_line(evidence, unit) if key else "",
    )


def _row(place: Path, unit: str) -> list[str] | None:
    """Return the line of a unit in a list file, without reading a million lines into memory."""
    if not place.is_file() or not unit or place.stat().st_size == 0:
        return None
    with place.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        wanted = f"{unit}|".encode()
        start = 0 if content[: len(wanted)] == wanted else content.find(b"\n" + wanted) + 1
        if start == 0 and content[: len(wanted)] != wanted:
            return None
        return content[start : content.find(b"\n", start)].decode().split("|")


def _grounds(number: str, codes: Sequence[str]) -> tuple[Ground, ...]:
    """Return each reason in the words of the law that the draw's case is bound to."""
    here = site()
    with here.store.read() as tx:
        row = readings.case_by_number(tx, number)
    law = here.engine.shelf.get(row.version).law if row else None
    found = []
    for code in codes:
        rule = law.rule(code) if law is not None and law.has_rule(code) else None
        found.append(
            Ground(
                rule=code,
                message=(rule.message if rule else None) or code,
                clauses=tuple(str(cite) for cite in rule.citations) if rule else (),
            )
        )
    return tuple(found)


def _result(evidence: Json) -> Json:
    result: Json = evidence.get("result") or {}
    return result
