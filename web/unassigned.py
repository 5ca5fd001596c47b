"""Open tasks that nobody can do, for whoever keeps the people and whoever coordinates."""

from __future__ import annotations

from flask import Blueprint, render_template
from sqlalchemy import Connection

from engine.store import unassigned as store
from engine.store.people import Person
from web.access import STEERING, allow, signed_in
from web.site import site

unassigned = Blueprint("unassigned", __name__, url_prefix="/unassigned")

SHOWN = 200


@unassigned.get("")
@allow(STEERING)
def index() -> str:
    """List each task with the role, the department and the position that is missing."""
    here, me = site(), signed_in()
    now = here.now()
    with here.store.read() as tx:
        found = store.listed(tx, me.jurisdiction, at=now, limit=SHOWN)
        total = store.count(tx, me.jurisdiction, at=now)
    return render_template(
        "admin/unassigned.html", found=found, total=total, keeps=me.has("process_admin")
    )


def reminder(tx: Connection, me: Person) -> int:
    """Return how many such tasks to remind a person of; none for those who cannot help it."""
    if STEERING.admits is None or not STEERING.admits(me):
        return 0
    return store.count(tx, me.jurisdiction, at=site().now())
