"""Cases that follow from a case: one inspection per drawn subject, and what a finding leads to."""

from __future__ import annotations

import json
from collections.abc import Sequence

from engine.bindings import Binding, Outcome, Settling, register
from engine.draw import dimensions
from engine.events import Fields, Parties
from engine.services import strategy

# what every inspection takes from its task, besides its own subject and team
INSPECTION = (
    "plan_year",
    "task_name",
    "items",
    "item_class",
    "task_start",
    "task_end",
    "surprise",
    "surprise_approved",
    "joint",
)
FOLLOW_UP = (
    "subject_id",
    "subject_name",
    "items",
    "task_name",
    "conclusion",
    "conclusion_text",
    "disposition_note",
    "result_formed_on",
    "suspected_crime",
    "inspection_number",
    "plan_year",
)
# what a lead, or a superior's task, hands to the inspection or the plan that follows from it
LEAD = (
    "lead_source",
    "lead_reference",
    "lead_text",
    "widespread_problem",
    "superior_reference",
    "subject_id",
    "subject_name",
    "items",
    "item_class",
    "plan_year",
)
SURPRISE = "突击检查"
CRIME = "涉嫌犯罪"
ORDINARY = "普通检查"


def open_inspections(settling: Settling) -> Outcome:
    """Ask for one inspection case per drawn subject, with the team that chance matched to it."""
    fields, case = settling.fields, settling.case
    shared = {name: fields[name] for name in INSPECTION if name in fields}
    is_surprise = strategy.is_surprise(settling)
    shared |= {
        "origin": "随机抽查任务",
        "from_task": True,
        "draw_recorded": True,
        "items_listed": True,
        "campaign": "无",
        "inspection_mode": SURPRISE if is_surprise else ORDINARY,
        "task_number": case.number,
    }
    message = {
        "kind": "open-cases",
        "process": "inspection",
        "jurisdiction": case.jurisdiction,
        "draw": fields["draw"],
        "matching": fields["matching"],
        "assigned": list(fields.get("assigned_staff", ())),
        "batch": fields["registry_batch"],
        "dimensions": dimensions.of_visits(fields, json.loads(settling.fetch(fields["draw"]))),
        "task_name": str(fields.get("task_name") or case.title),
        "lead": list(case.parties.get("lead", ())),
        "participants": list(case.parties.get("participants", ())),
        "shared": shared,
    }
    return Outcome(
        result={"inspections_opened_on": settling.today.isoformat()}, messages=(message,)
    )


def follow_up(process: str, name: str, names: Sequence[str] = FOLLOW_UP) -> Binding:
    """Return the binding that opens one child case of `process` about the same subject."""

    def settle(settling: Settling) -> Outcome:
        parties = _parties(settling)
        return Outcome(messages=(below(settling, process, name, parties, names=names),))

    return Binding(settle=settle)


def below(
    settling: Settling,
    process: str,
    name: str,
    parties: Parties,
    *,
    names: Sequence[str] = FOLLOW_UP,
    whose: str = "",
    told: Fields | None = None,
) -> Fields:
    """Return the message that opens one child case; `whose` tells those of one element apart."""
    fields, case = settling.fields, settling.case
    subject = str(fields.get("subject_name") or case.title)
    shared = {field: fields[field] for field in names if field in fields}
    own = {"inspection_number": case.number, **_clock(process, settling), **(told or {})}
    return {
        "kind": "open-case",
        "process": process,
        "jurisdiction": case.jurisdiction,
        "title": f"{name} · {subject}",
        "object": "/".join(filter(None, (settling.element, whose))),
        "parties": {party: list(ids) for party, ids in parties.items()},
        "fields": {**shared, **own},
    }


def _parties(settling: Settling) -> Parties:
    """Hand the parties on; where no draw named a leader, whoever made the visit looks again.

    What one department alone found on a joint visit is that department's to follow up."""
    parties = dict(settling.case.parties)
    found = settling.fields.get("finding_departments", ())
    if len(found) == 1 and "department" in parties:
        parties["department"] = tuple(found)
    visitor = settling.fields.get("visit_by")
    return parties if "leader" in parties or not visitor else {**parties, "leader": (visitor,)}


def _clock(process: str, settling: Settling) -> dict[str, str]:
    """Return the day a child's own clock starts: the day its parent handed it over."""
    start = {"own_case": "case_lead_on", "transfer": "transfer_lead_on"}.get(process)
    begun = {start: settling.today.isoformat()} if start else {}
    if process == "transfer" and settling.fields.get("suspected_crime"):
        begun["transfer_kind"] = CRIME  # its own, shorter clocks
    return begun


def archive(settling: Settling) -> Outcome:
    """File the case under its subject; 一户一档 is the view over all cases so filed."""
    return Outcome(
        result={"archived_on": settling.today.isoformat(), "archive_no": settling.case.number}
    )


register(
    {
        "inspections.open": Binding(settle=open_inspections),
        "rectification.open": follow_up("rectification", "责令改正"),
        "own_case.open": follow_up("own_case", "立案"),
        "transfer.open": follow_up("transfer", "移送"),
        "non_random_inspection.open": follow_up("non_random_inspection", "非随机检查", LEAD),
        "ad_hoc_plan.open": follow_up("ad_hoc_plan", "临时抽查计划", LEAD),
        "archive.file": Binding(settle=archive),
    }
)
