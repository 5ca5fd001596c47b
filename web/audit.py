"""Audit: a case event by event, recomputed on demand, and taken home as a bundle."""

from __future__ import annotations

import json

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import auditing, bundle
from engine.audit import Audit
from engine.history import Record
from engine.store import eventstore, readings
from engine.store.database import Connection
from web import damage, dossier, limits
from web.access import STAFF, allow, signed_in
from web.asked import asked, whole
from web.dossier import Dossier
from web.language import language
from web.site import site

audit = Blueprint("audit", __name__, url_prefix="/audit")


@audit.get("")
@allow(STAFF)
def index() -> str | AnyResponse:
    me, wanted = signed_in(), asked()
    with site().store.read() as tx:
        row = readings.case_by_number(tx, wanted.search.upper()) if wanted.search else None
        if row is not None and row.jurisdiction == me.jurisdiction:
            return redirect(url_for("audit.show", number=row.number))
        found = readings.cases_page(
            tx,
            me.jurisdiction,
            search=wanted.search or None,
            limit=wanted.limit,
            offset=wanted.offset,
        )
    return render_template("audit/index.html", found=found, wanted=wanted)


@audit.get("/<number>")
@allow(STAFF)
def show(number: str) -> str:
    """Step through a case: one event at a time, with its exact bytes and its place in the chain."""
    return _page(number, None)


@audit.post("/<number>")
@allow(STAFF)
@limits.limiter.limit(limits.CHECKS)
def recompute(number: str) -> str:
    """Drop every consequence, execute the inputs again, and show whether the same follows."""
    with site().store.read() as tx:
        found = dossier.find(tx, number, signed_in())
    return _page(number, auditing.audit_case(site().engine, found.row))


@audit.get("/<number>/bundle.zip")
@allow(STAFF)
def take_home(number: str) -> Response:
    """Everything that decides the case in one file; it is audited without this server."""
    with site().store.read() as tx:
        found = dossier.find(tx, number, signed_in())
        records = found.records(tx)
    response = Response(bundle.pack(records, found.version), content_type="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"{number}.zip")
    return response


def _page(number: str, result: Audit | None) -> str:
    with site().store.read() as tx:
        found = dossier.find(tx, number, signed_in())
        if not found.is_sound(tx):
            return _damaged(tx, found)
        records = found.records(tx)
        teller = found.teller(tx, records, found.state(tx).fields)
        told = [teller.tell(each) for each in records]
    step = _step(len(records))
    record = records[step - 1]
    return render_template(
        "audit/case.html",
        found=found,
        told=told,
        step=step,
        record=record,
        body=_body(record),
        result=result,
        sentences=[each.sentence(language()) for each in result.discrepancies] if result else [],
    )


def _damaged(tx: Connection, found: Dossier) -> str:
    """Show a history that does not fit as it lies there, and what the witnesses say of it."""
    case_id = found.row.case_id
    kept = damage.remnants(eventstore.stored(tx, case_id), tuple(eventstore.copies(tx, case_id)))
    leaves = eventstore.leaf_hashes(tx, case_id)
    result = auditing.audit_case(site().engine, found.row)
    step = _step(len(kept)) if kept else 0
    return render_template(
        "audit/damaged.html",
        found=found,
        kept=kept,
        step=step,
        shown=kept[step - 1] if kept else None,
        said=[
            (place + 1, event.seq, damage.findings(kept, place, leaves))
            for place, event in enumerate(kept)
            if not event.fits
        ],
        sentences=[each.sentence(language()) for each in result.discrepancies],
    )


def _step(last: int) -> int:
    return min(max(whole(request.args.get("step", ""), otherwise=last), 1), last)


def _body(record: Record) -> str:
    """Return the stored bytes laid out for reading; the hash is over the bytes, not over this."""
    return json.dumps(json.loads(record.body), ensure_ascii=False, indent=2)
