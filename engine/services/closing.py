"""What must hold before a plan, a task or a duty counts as done, looked up where it is recorded."""

from __future__ import annotations

from engine.bindings import Binding, Kind, Outcome, Settling, register
from engine.events import Fields


def approve_plan(settling: Settling) -> Outcome:
    """Say that a plan stands where its publication comes later, with its list (PJ 12)."""
    return Outcome(result={"plan_approved": True, "plan_in_force_on": settling.today.isoformat()})


def withhold_plan(settling: Settling) -> Outcome:
    """Say that a plan stands and is published later, with the task and the list drawn under it.

    A temporary plan goes out with its list, that of a surprise after its last visit (PJ 12)."""
    approved = approve_plan(settling)
    return Outcome(result={**approved.result, "plan_withheld": True})


def tally_inputs(settling: Settling) -> Fields:
    """Return whose inspections are counted, without the matters a person has accounted for."""
    told = settling.fields.get("accounted_matters", ())
    return {
        "case": str(settling.case.case_id),
        "version": settling.version.digest,
        "accounted": sorted(row["matter"] for row in told),
    }


def duty_inputs(settling: Settling) -> Fields:
    """Return which business the record is asked about, up to the day of its incident."""
    fields = settling.fields
    return {
        "jurisdiction": settling.case.jurisdiction,
        "version": settling.version.digest,
        "subject": fields["subject_id"],
        "until": fields["incident_on"],
    }


register(
    {
        "duty.survey": Binding(kind=Kind.EXTRACT, inputs=duty_inputs),
        "plan.approve": Binding(settle=approve_plan),
        "plan.withhold": Binding(settle=withhold_plan),
        "inspections.tally": Binding(kind=Kind.EXTRACT, inputs=tally_inputs),
    }
)
