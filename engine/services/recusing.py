"""回避: an officer's relation to a unit is entered beside the record, which holds hashes only."""

from __future__ import annotations

from typing import Any

from engine.bindings import Binding, Outcome, Settling, register


def enter(settling: Settling) -> Outcome:
    """Have the declared relation entered; it counts from now on, until it is lifted."""
    fields = settling.fields
    message = {
        "kind": "recusal",
        "step": "enter",
        "inspector": fields["recused_inspector"],
        "unit": _kept(fields["recused_unit"]),
    }
    return Outcome(result={"recusal_entered_on": settling.today.isoformat()}, messages=(message,))


def _kept(value: Any) -> str:
    """Return the hash under which a personal value is kept beside the record."""
    return str(value["personal"] if isinstance(value, dict) else value)


def lift(settling: Settling) -> Outcome:
    """Have the entry ended; what was frozen with it stays as it is."""
    return Outcome(
        result={"recusal_lifted_on": settling.today.isoformat()},
        messages=({"kind": "recusal", "step": "lift"},),
    )


register({"recusal.enter": Binding(settle=enter), "recusal.lift": Binding(settle=lift)})
