"""Ending a plan's approval and a task: what must hold before either counts as done."""

from __future__ import annotations

from engine.bindings import Binding, Kind, Outcome, Settling, register
from engine.events import Fields


def approve_plan(settling: Settling) -> Outcome:
    """Say that a plan stands where its publication comes later, with its list (PJ 12)."""
    return Outcome(result={"plan_approved": True, "plan_in_force_on": settling.today.isoformat()})


def tally_inputs(settling: Settling) -> Fields:
    """Return whose inspections are counted, without the matters a person has accounted for."""
    told = settling.fields.get("accounted_matters", ())
    return {
        "case": str(settling.case.case_id),
        "version": settling.version.digest,
        "accounted": sorted(row["matter"] for row in told),
    }


register(
    {
        "plan.approve": Binding(settle=approve_plan),
        "inspections.tally": Binding(kind=Kind.EXTRACT, inputs=tally_inputs),
    }
)
