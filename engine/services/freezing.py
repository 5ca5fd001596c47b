"""Freezing: what the look at the registry is about; the draw sees nothing but what was frozen."""

from __future__ import annotations

from engine import history
from engine.bindings import Binding, Kind, Settling, register
from engine.draw import frame
from engine.events import Fields
from engine.services import strategy
from engine.version import Fetch

# facts of the task that a rule over single subjects may ask for
ROW_FACTS = ("item_class", "joint", "full_coverage", "superior_ad_hoc")
BY_TIER = "信用风险等级分层"


def freeze_inputs(settling: Settling) -> Fields:
    """Return what the look at the registry is about; `extracts` answers it."""
    case, fields = settling.case, settling.fields
    departments = [*case.parties.get("lead", ()), *case.parties.get("participants", ())]
    return {
        "case": str(case.case_id),
        "turn": case.turns.get("strategy", 1),
        "jurisdiction": case.jurisdiction,
        "version": settling.version.digest,
        "item_codes": list(fields.get("items", ())),
        "stratum": "risk_tier" if fields.get("stratification") == BY_TIER else "none",
        "unit": strategy.unit(fields),
        "carrier_types": list(fields.get("carrier_types", ())),
        "scope": str(fields.get("subject_filter", "")).strip(),
        "joint": bool(fields.get("joint")),
        "union": bool(fields.get("joint_registry_union")),
        "departments": list(dict.fromkeys(departments)),
        "staff": _named_staff(fields),
        "team_size": strategy.team_size(settling, departments),
        "facts": {f"case.{name}": fields[name] for name in ROW_FACTS if name in fields},
        "year": fields.get("plan_year", settling.today.year),
        "on": settling.today.isoformat(),
    }


def _named_staff(fields: Fields) -> dict[str, list[str]]:
    """Return the inspectors each department named; a department that named none brings all."""
    answers = fields.get("pools_answers", ())
    named = {answer["department"]: answer.get("staff") or [] for answer in answers}
    return {department: sorted(people) for department, people in named.items() if people}


def verify_freeze(inputs: Fields, result: Fields, fetch: Fetch) -> tuple[str, str] | None:
    """Compute roots and counts again from the frozen files; the registry is not read."""
    del inputs
    for name in ("frame", "pool"):
        recorded = result[name]
        recomputed = frame.write(frame.Lines(fetch(recorded["file"]))).document()
        if recorded != recomputed:
            return _text(recorded), _text(recomputed)
    return None


def _text(value: object) -> str:
    return history.canonical(value).decode()


register(
    {
        "registry.survey": Binding(kind=Kind.EXTRACT, inputs=freeze_inputs),
        "frame.freeze": Binding(kind=Kind.EXTRACT, inputs=freeze_inputs, verify=verify_freeze),
    }
)
