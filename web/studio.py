"""The studio: which versions are in force, drawing and checking a new one, comparing two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.catalogue import names as known_names
from engine.errors import ProductError
from engine.process import publish
from engine.store import readings, shelf
from engine.store.shelf import Released
from engine.version import DIAGRAM, Version
from web import catalogue, files, headers, limits, releases
from web.access import STAFF, STUDIO, allow, signed_in
from web.errors import problem
from web.language import gettext as _
from web.language import language
from web.releases import Drawing
from web.site import site

studio = Blueprint("studio", __name__, url_prefix="/studio")

DIAGRAM_LIMIT = 2 * 1024 * 1024

Problem = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One process: the version new cases take now, and every version it has had or will have."""

    current: Released | None
    versions: tuple[Released, ...]

    @property
    def name(self) -> str:
        return (self.current or self.versions[0]).name

    @property
    def others(self) -> list[tuple[Released, bool, Released | None]]:
        """Return (version, whether still to come, the one before it) for all but the current."""
        before = [*self.versions[1:], None]
        cut = self.versions.index(self.current) if self.current else len(self.versions)
        return [
            (row, place < cut, earlier)
            for place, (row, earlier) in enumerate(zip(self.versions, before, strict=True))
            if row is not self.current
        ]

    @property
    def previous(self) -> Released | None:
        later = self.versions[self.versions.index(self.current) + 1 :] if self.current else ()
        return next(iter(later), None)


class UnknownVersion(ProductError):
    code = "not-found"
    zh = "没有版本「{version}」。"
    en = "There is no version “{version}”."


@studio.get("")
@allow(STUDIO)
def index() -> str:
    here, me = site(), signed_in()
    with here.store.read() as tx:
        released = shelf.released(tx, me.jurisdiction)
        releases = readings.cases_page(tx, me.jurisdiction, processes=("release",), limit=20)
    return render_template(
        "studio/index.html", lines=_lines(released, here.now()), releases=releases
    )


def _lines(released: Iterable[Released], now: datetime) -> list[Line]:
    """Return one line per process, its versions from the newest on."""
    by_process: dict[str, list[Released]] = {}
    for row in released:
        by_process.setdefault(row.process, []).append(row)
    lines = []
    for rows in by_process.values():
        newest_first = sorted(rows, key=lambda row: row.effective_at, reverse=True)
        current = next((row for row in newest_first if row.effective_at <= now), None)
        lines.append(Line(current=current, versions=tuple(newest_first)))
    return lines


@studio.get("/versions/<version>")
@allow(STAFF)
def show(version: str) -> str:
    found = _version(version)
    return render_template("studio/version.html", found=found, rules=found.law.rule_names)


@studio.get("/versions/<version>/diagram.bpmn")
@allow(STAFF)
def diagram(version: str) -> Response:
    source = _version(version).definition.source
    response = Response(source, content_type="application/xml; charset=utf-8")
    response.headers.set("Content-Disposition", "inline", filename="diagram.bpmn")
    return response


@studio.get("/compare")
@allow(STUDIO)
def compare() -> str:
    """Two versions of one process side by side; the list of differences works without a script."""
    old, new = _version(request.args.get("old", "")), _version(request.args.get("new", ""))
    changed = sorted(
        path
        for path in {*old.manifest, *new.manifest}
        if old.manifest.get(path) != new.manifest.get(path) and path != DIAGRAM
    )
    return render_template("studio/compare.html", old=old, new=new, changed=changed)


@studio.get("/modeler")
@allow(STUDIO)
def modeler() -> str:
    """Draw a diagram from a version in force, or from nothing."""
    headers.policy(headers.MODELER)
    version = request.args.get("version", "")
    source = url_for("studio.diagram", version=version) if version else ""
    return render_template("studio/modeler.html", source=source)


@studio.get("/names.json")
@allow(STUDIO)
def names() -> Response:
    """Every name a diagram of this jurisdiction may use."""
    here, place = site(), signed_in().jurisdiction
    return jsonify(catalogue.offered(here.shelves[place], dict(here.processes[place])))


@studio.post("/releases")
@allow(STUDIO)
@limits.limiter.limit(limits.CHECKS)
def release() -> AnyResponse | tuple[Response | str, int]:
    """Open the release of a drawing; one with errors is refused with all of them."""
    by_program = "application/json" in request.headers.get("Accept", "")
    drawing = _drawing()
    if drawing is None:
        if by_program:
            return jsonify(problems=[problem("file-missing", _("请选择文件。"))]), 422
        return _nothing_chosen()
    found = problems_of(drawing.source, drawing.name, signed_in().jurisdiction)
    if _is_wrong(found):
        return (jsonify(problems=found), 422) if by_program else _checked(drawing, found)
    location = releases.begin(signed_in(), drawing)
    return (jsonify(location=location), 201) if by_program else redirect(location, 303)


@studio.get("/check")
@allow(STUDIO)
def choose() -> str:
    return render_template("studio/check.html", problems=None, filename="")


@studio.post("/check")
@allow(STUDIO)
@limits.limiter.limit(limits.CHECKS)
def check() -> tuple[str, int]:
    """Check an uploaded diagram and list every problem with its line and element."""
    drawing = _drawing()
    if drawing is None:
        return _nothing_chosen()
    return _checked(drawing, problems_of(drawing.source, drawing.name, signed_in().jurisdiction))


def _nothing_chosen() -> tuple[str, int]:
    return render_template("studio/check.html", problems=None, missing=True), 422


def _checked(drawing: Drawing, found: list[Problem]) -> tuple[str, int]:
    page = render_template("studio/check.html", problems=found, filename=drawing.name)
    return page, 422 if _is_wrong(found) else 200


def problems_of(source: bytes, filename: str, jurisdiction: str | None = None) -> list[Problem]:
    """Run the publish pipeline's checks against the names of a jurisdiction."""
    here = site()
    code = jurisdiction if jurisdiction in here.shelves else None
    if code is None:
        code = next(iter(here.shelves))
    own = here.shelves[code]
    found = publish.check(source, known_names(own.law, own.forms), file=filename)
    return [dict(each.record(language())) for each in found]


def _drawing() -> Drawing | None:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return None
    name = files.plain_name(upload.filename)
    return Drawing(name=name, source=upload.stream.read(DIAGRAM_LIMIT + 1))


def _is_wrong(found: list[Problem]) -> bool:
    return any(each["severity"] == "error" for each in found)


def _version(digest: str) -> Version:
    here = site()
    with here.store.read() as tx:
        known = {each.version for each in shelf.released(tx)}
    if digest not in known:
        raise UnknownVersion(version=digest[:12])
    return here.engine.shelf.get(digest)
