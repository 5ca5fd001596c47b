"""A draw for everybody: its evidence as tables, any one ticket computed again, all the files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file
from werkzeug.exceptions import NotFound

from engine.draw import tickets, verify
from web import limits
from web.access import PUBLIC, allow
from web.site import site

draws = Blueprint("draws", __name__, url_prefix="/public")

_NUMBER = re.compile(r"[A-Z0-9-]{3,64}")
_LIST = "list.txt"

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One stratum: whole, eligible, drawn; the largest ticket that still was drawn."""

    name: str
    listed: int
    eligible: int
    ratio: str
    size: int
    shortfall: int
    threshold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    stratum: str
    ticket: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the draw says of one subject: its line of the frozen list and its ticket."""

    unit: str
    stratum: str
    excluded_by: str
    ticket: str
    threshold: str

    @property
    def is_drawn(self) -> bool:
        return not self.excluded_by and self.ticket <= self.threshold


@draws.get("/draws/<number>")
@allow(PUBLIC)
@limits.limiter.limit(limits.PUBLIC_PAGES)
def draw(number: str) -> str:
    """How a draw was made, how any single subject fared, and how to make it again."""
    folder = folder_of(number)
    if folder is None:
        raise NotFound
    evidence = json.loads((folder / "evidence.json").read_bytes())
    wanted = request.args.get("unit", "").strip().upper()[:64]
    return render_template(
        "public/draw.html",
        number=number,
        evidence=evidence,
        strata=strata_of(evidence),
        winners=winners_of(evidence),
        wanted=wanted,
        checked=check(folder, evidence, wanted) if wanted else None,
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


def strata_of(evidence: Json) -> list[Stratum]:
    limits_of = {each["s"]: each["threshold"] for each in _result(evidence).get("strata", ())}
    return [
        Stratum(
            name=each["s"],
            listed=each["N"],
            eligible=each["eligible"],
            ratio="/".join(map(str, each["ratio"])) if each.get("ratio") else "",
            size=each["k"],
            shortfall=each.get("shortfall", 0),
            threshold=limits_of.get(each["s"], ""),
        )
        for each in evidence["manifest"]["strata"]
    ]


def winners_of(evidence: Json) -> list[Winner]:
    lines = [line.split("|") for line in _result(evidence).get("winners", ())]
    return [Winner(stratum=line[0], ticket=line[1], unit=line[2]) for line in lines]


def check(folder: Path, evidence: Json, unit: str) -> Checked | None:
    """Compute one subject's ticket again; None when it is not in the published list."""
    place = folder / _LIST
    key = _result(evidence).get("key")
    if not place.is_file() or not key:
        return None
    with place.open(encoding="utf-8") as lines:
        found = next((line for line in lines if line.startswith(f"{unit}|")), None)
    if found is None:
        return None
    _unit, stratum, _flags, excluded_by = found.rstrip("\n").split("|")[:4]
    alg = evidence["manifest"]["alg"]
    limit = next((each for each in strata_of(evidence) if each.name == stratum), None)
    return Checked(
        unit=unit,
        stratum=stratum,
        excluded_by=excluded_by,
        ticket=tickets.ticket(key, unit, alg),
        threshold=limit.threshold if limit else "",
    )


def _result(evidence: Json) -> Json:
    result: Json = evidence.get("result") or {}
    return result
