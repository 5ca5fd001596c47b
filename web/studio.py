"""The studio: which versions are in force, drawing and checking a new one, comparing two."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for

from engine import catalogue
from engine.errors import ProductError
from engine.process import publish
from engine.store import readings, shelf
from engine.version import DIAGRAM, Version
from web import headers, limits
from web.access import STAFF, STUDIO, allow, signed_in
from web.language import language
from web.site import site

studio = Blueprint("studio", __name__, url_prefix="/studio")

DIAGRAM_LIMIT = 2 * 1024 * 1024

Problem = dict[str, object]


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
        "studio/index.html", released=released, releases=releases, now=here.now()
    )


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
    return render_template("studio/modeler.html", source=source, names=_names())


@studio.get("/check")
@allow(STUDIO)
def choose() -> str:
    return render_template("studio/check.html", problems=None, filename="")


@studio.post("/check")
@allow(STUDIO)
@limits.limiter.limit(limits.CHECKS)
def check() -> str | tuple[str, int]:
    """Check an uploaded diagram and list every problem with its line and element."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return render_template("studio/check.html", problems=None, missing=True), 422
    found = problems_of(upload.stream.read(DIAGRAM_LIMIT + 1), upload.filename)
    wrong = any(each["severity"] == "error" for each in found)
    page = render_template("studio/check.html", problems=found, filename=upload.filename)
    return page, 422 if wrong else 200


def problems_of(source: bytes, filename: str, jurisdiction: str | None = None) -> list[Problem]:
    """Run the publish pipeline's checks against the names of a jurisdiction."""
    here = site()
    code = jurisdiction if jurisdiction in here.shelves else None
    if code is None:
        code = next(iter(here.shelves))
    own = here.shelves[code]
    names = catalogue.names(own.law, own.forms)
    found = publish.check(source, names, file=filename)
    return [dict(each.record(language())) for each in found]


def _version(digest: str) -> Version:
    here = site()
    with here.store.read() as tx:
        known = {each.version for each in shelf.released(tx)}
    if digest not in known:
        raise UnknownVersion(version=digest[:12])
    return here.engine.shelf.get(digest)


def _names() -> dict[str, list[str]]:
    """Return what the modeler's panel offers: forms, rules, services and roles of the place."""
    own = site().shelves[signed_in().jurisdiction]
    names = catalogue.names(own.law, own.forms)
    return {
        "forms": sorted(names.forms),
        "rules": sorted(names.rules),
        "bindings": sorted(names.bindings),
        "roles": sorted(names.roles),
    }
