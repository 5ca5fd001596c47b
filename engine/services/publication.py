"""What goes on the public board, and when. Which fields are public is said here, by kind.

Personal fields are never among them: the history itself holds only their salted hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine import chances
from engine.bindings import Binding, Outcome, Settling, register
from engine.services import strategy

PLAN = (
    "plan_name",
    "plan_kind",
    "plan_year",
    "domain",
    "items",
    "item_class",
    "ratio",
    "base_count",
    "window_start",
    "window_end",
    "participants",
    "legal_basis",
    "approved_on",
)
TASK = (
    "task_name",
    "task_kind",
    "items",
    "item_class",
    "ratio",
    "task_start",
    "task_end",
    "joint",
    "frame_total",
    "frame_eligible",
    "sample_size",
    "drawn_count",
    "small_base",
    "shortfall",
    "manifest_seq",
    "manifest_hash",
    "beacon_kind",
    "beacon_rounds",
    "beacon_value",
    "beacon_values",
    "dropped_parties",
    "draw_campaign",
    "campaign_members",
    "campaign_left_out",
    "campaign_withdrawn",
    "draw_key",
    "draw_digest",
    "thresholds",
    "draw_strata",
    "draw",
    "matching",
    "frame",
    "staff_method",
    "objects_drawn_on",
)
# of a plan that was not published by itself: it goes out with its task
OF_PLAN = (
    "plan_case",
    "plan_name",
    "domain",
    "base_count",
    "window_start",
    "window_end",
    "legal_basis",
    "approved_on",
)
# a task that ends because nobody could be drawn: how many were listed, what left them out, and why
EMPTY_TASK = (
    "task_name",
    "task_kind",
    "items",
    "count_frame_total",
    "count_frame_eligible",
    "exclusion_lines",
    "empty_reason",
    "empty_decided_on",
)
RESULT = (
    "subject_id",
    "subject_name",
    "task_name",
    "items",
    "ended_on",
    "method",
    "item_results",
    "conclusion",
    "conclusion_text",
    "disposition",
    "dispositions_told",
    "result_formed_on",
)
MEASURE = (
    "subject_id",
    "subject_name",
    "decision_kind",
    "decision_number",
    "decision_on",
    "decision_text",
    "order_issued_on",
    "rectify_by",
)
SCHEME = ("scheme_title", "scheme_procedure", "scheme_items", "scheme_methods", "approved_on")
INSPECTION_RULES = ("rules_title", "rules_text", "items", "signed_off_on")
ITEM_LIST = ("list_title", "list_change", "list_reason", "list_items", "approved_on")
MATERIAL = ("publication_kind", "publication_title", "publication_text", "triggered_on")
# a published record is never taken out of the history: a later one says what holds now, and why
CORRECTION = ("corrected_publication", "correction_reason", "correction_text")
WITHDRAWAL = ("corrected_publication", "correction_reason")


def publish(kind: str, names: Sequence[str], title: str, **result: object) -> Binding:
    """Return the binding that publishes the named fields of a case as one record of `kind`."""

    def settle(settling: Settling) -> Outcome:
        fields, case = settling.fields, settling.case
        record = {name: fields[name] for name in names if fields.get(name) is not None}
        message = {
            "kind": "publish",
            "publication": kind,
            "title": str(fields.get(title) or case.title),
            "department": next(iter(case.parties.get("lead", ())), ""),
            "subject_id": fields.get("subject_id"),
            "record": record,
        }
        stamped = {f"{kind}_published_here_on": settling.today.isoformat()}
        return Outcome(result={**stamped, **result}, messages=(message,))

    return Binding(settle=settle)


def publish_task(settling: Settling) -> Outcome:
    """Publish a task with its drawn list; the manifest is disclosed with it."""
    outcome = _with_plan(settling, "task", TASK)
    docket = chances.docket_of(settling.case, settling.version).disclose()
    return replace(outcome, result={**outcome.result, "docket": docket.document()})


def publish_empty(settling: Settling) -> Outcome:
    """Publish why a task ended with nobody to draw; of a surprise the clocks run from here."""
    outcome = _with_plan(settling, "empty_task", EMPTY_TASK)
    if not strategy.is_surprise(settling):
        return outcome
    over = {"last_visit_ended": True, "last_visit_on": settling.today.isoformat()}
    return replace(outcome, result={**outcome.result, **over})


def _with_plan(settling: Settling, kind: str, names: Sequence[str]) -> Outcome:
    """Publish a task, and with it the plan that was withheld until then (PJ 12)."""
    withheld = OF_PLAN if settling.fields.get("plan_withheld") else ()
    made = publish(kind, (*names, *withheld), "task_name").settle
    assert made is not None
    return made(settling)


register(
    {
        "publication.plan": publish("plan", PLAN, "plan_name", plan_approved=True),
        "publication.task": Binding(settle=publish_task),
        "publication.empty_task": Binding(settle=publish_empty),
        "publication.result": publish("result", RESULT, "subject_name"),
        "publication.measure": publish("measure", MEASURE, "subject_name"),
        "publication.scheme": publish("scheme", SCHEME, "scheme_title"),
        "publication.inspection_rules": publish(
            "inspection_rules", INSPECTION_RULES, "rules_title"
        ),
        "publication.item_list": publish("item_list", ITEM_LIST, "list_title"),
        "publication.material": publish("material", MATERIAL, "publication_title"),
        "publication.correct": publish("correction", CORRECTION, "corrected_publication"),
        "publication.withdraw": publish("withdrawal", WITHDRAWAL, "corrected_publication"),
    }
)
