"""What a visit has found, brought together from its list or from every department's own.

Which result is a finding the city's rules say (`检查表发现问题`); here it is only counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine import joint
from engine.bindings import Binding, Outcome, Settling, register
from engine.case import Case

FINDING = "检查表发现问题"  # the rule that says of one result whether it is a finding
FOUND = "认定"
NOTHING = "无需后续处置"


def gather(settling: Settling) -> Outcome:
    """Return how many items were looked at and how many showed something, and what the lists say.

    Source: PJ 10 (根据检查结果作出检查结论): the conclusion is measured by these counts."""
    case = settling.case
    together = _together(settling) if case.fields.get(joint.IS_JOINT) else {}
    rows = together.get(joint.LISTED) or case.fields.get(joint.LISTED, ())
    return Outcome(
        result={
            **together,
            "results_gathered": True,
            "items_looked_at": sum(1 for row in rows if row.get("codes")),
            "count_items_without_result_or_cause": _unanswered(case, rows),
            **_findings(settling, rows),
        }
    )


def _unanswered(case: Case, rows: Iterable[Mapping[str, Any]]) -> int:
    """Return how many items have neither a result nor a cause, of a joint visit list by list."""
    if case.fields.get(joint.IS_JOINT):
        return sum(len(items) for _, items in joint.lacking(case))
    return len(joint.unanswered(case.fields.get("items", ()), rows))


def _together(settling: Settling) -> dict[str, Any]:
    """Return the lists as the fields that the visit of one department fills in itself."""
    lists = joint.lists(settling.case)
    told = [
        f"{_name(settling, each['department'])}：{each['findings']}"
        for each in lists
        if each.get("findings")
    ]
    files = [file for each in lists for file in each.get("visit_files", ())]
    return {
        **_follow_up(settling),
        joint.LISTED: joint.rows(settling.case),
        "resampled": any(each.get("resampled") for each in lists),
        **({"findings": "\n".join(told)} if told else {}),
        **({"visit_files": list(dict.fromkeys(files))} if files else {}),
    }


def _follow_up(settling: Settling) -> dict[str, Any]:
    """Return how each department deals with what it found, where any has found something."""
    chosen = joint.chosen(settling.case)
    pursued = [row["disposition"] for row in chosen if row["disposition"] != NOTHING]
    if not chosen:
        return {}
    return {
        "department_dispositions": chosen,
        "chosen_dispositions": list(dict.fromkeys(pursued)),
        "disposed_apart": bool(pursued),
        "dispositions_told": [_told(settling, row) for row in chosen],
    }


def _told(settling: Settling, row: Mapping[str, Any]) -> str:
    note = f"（{row['note']}）" if row.get("note") else ""
    return f"{_name(settling, row['department'])}：{row['disposition']}{note}"


def _findings(settling: Settling, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how many rows the city's rules call a finding, and whose they are."""
    if not settling.law.has_rule(FINDING):
        return {}
    known: dict[str, bool] = {}
    found = [
        row for row in rows if any(_is_finding(settling, c, known) for c in row.get("codes", ()))
    ]
    whose = [row["department"] for row in found if "department" in row]
    return {
        "items_with_findings": len(found),
        **({"finding_departments": list(dict.fromkeys(whose))} if whose else {}),
    }


def _is_finding(settling: Settling, code: str, known: dict[str, bool]) -> bool:
    if code not in known:
        facts = settling.facts({"case.result_code": code})
        answer = settling.law.assess(FINDING, facts, on=settling.today, now=settling.at)
        known[code] = answer.verdict.value == FOUND
    return known[code]


def _name(settling: Settling, code: str) -> str:
    known = settling.law.organisation.departments.get(code)
    return known.name if known else code


register({"visit.gathered": Binding(settle=gather)})
