"""For the platform's administrator: what failed, under the number people were told; do it again."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.store import failures, readings
from web.access import ADMIN, allow, signed_in
from web.language import gettext as _
from web.site import site

incidents = Blueprint("incidents", __name__, url_prefix="/admin/incidents")

SHOWN = 100


@incidents.get("")
@allow(ADMIN)
def index() -> str:
    """List the long work that is not done and the latest incidents, without any stack trace."""
    where = signed_in().jurisdiction
    with site().store.read() as tx:
        return render_template(
            "admin/incidents.html",
            jobs=failures.waiting_work(tx, jurisdiction=where),
            found=failures.latest(tx, limit=SHOWN, jurisdiction=where),
        )


@incidents.post("/<uuid:case_id>/<address>/retry")
@allow(ADMIN)
def retry(case_id: UUID, address: str) -> Response:
    with site().store.write() as tx:
        row = readings.case_by_id(tx, case_id)
        ours = row is not None and row.jurisdiction == signed_in().jurisdiction
        asked = ours and failures.retry(tx, address, case_id)
    flash(_("已交后台重做。") if asked else _("这项任务已不在失败状态。"))
    return redirect(url_for("incidents.index"), 303)
