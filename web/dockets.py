"""The manifests of a task as staff see them, and a look at the drawn list; a sealed one is refused.

The refusal is an event of the case: who tried to look, and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from engine import chances
from engine.case import Case
from engine.commands import LookAtSealed
from engine.draw.kept import State
from web import dossier
from web.access import STAFF, allow, signed_in
from web.site import site

dockets = Blueprint("dockets", __name__, url_prefix="/cases")

STATES: Mapping[State, Any] = {
    State.DRAFTED: _l("起草中"),
    State.FROZEN: _l("已冻结"),
    State.COMMITTED: _l("已登记"),
    State.BEACON_KNOWN: _l("随机值已知"),
    State.EXECUTED: _l("已抽取"),
    State.DISCLOSED: _l("已公示"),
    State.CANCELLED: _l("已撤销"),
    State.SUPERSEDED: _l("已被替代"),
    State.VOID: _l("已作废"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One manifest for the eye: its number and hash, how far it came, its value, mistypings."""

    seq: int
    state: Any
    manifest: str
    values: tuple[str, ...]
    corrected: tuple[str, ...]


def listed(case: Case) -> list[Listed]:
    """Return the manifests of a task in order; none for other cases."""
    return [
        Listed(
            seq=kept["seq"],
            state=STATES[State(kept["state"])],
            manifest=kept["manifest"] or "",
            values=tuple((kept["beacon"] or {}).get("values", ())),
            corrected=tuple(
                value
                for earlier in (kept["beacon"] or {}).get("earlier", ())
                for value in earlier["values"]
            ),
        )
        for kept in case.fields.get("docket", ())
    ]


@dockets.post("/<number>/draw")
@allow(STAFF)
def look(number: str) -> Response:
    """Go to the drawn list; of a sealed draw the look is refused and stays in the history."""
    me = signed_in()
    with site().store.read() as tx:
        case = dossier.find(tx, number, me).state(tx)
    if chances.is_sealed(case):
        site().engine.handle(LookAtSealed(case_id=case.case_id, actor=me.id))
    return redirect(url_for("draws.draw", number=number), 303)
