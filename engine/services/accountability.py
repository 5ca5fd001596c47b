"""What a case of 追责 or 免责 asserts: every ground of the city's list, as facts for its rules."""

from __future__ import annotations

from engine.bindings import Binding, Outcome, Settling, register
from rules import supervision

# 第十项 names three acts; which of them it was is said one by one
MISCONDUCT = {
    "滥用职权": "l10_abuse_of_power",
    "徇私舞弊": "l10_favouritism",
    "玩忽职守": "l10_dereliction",
}
SHOULD_HAVE_KNOWN = "l06_should_have_known"
DUTY_RULE = "履职线索"
DEEMED = "认定"
ACCIDENT = "事故"


def assert_grounds(settling: Settling) -> Outcome:
    """Say of every ground whether a person confirmed it; what nobody confirmed is not asserted."""
    fields = settling.fields
    chosen = set(fields.get("grounds", ()))
    facts: dict[str, bool] = {}
    for branch in supervision.of(settling.law).branches:
        for name in branch.facts:
            facts[name] = facts.get(name, False) or branch.ground in chosen
    said = set(fields.get("misconduct", ()))
    acts = {name: act in said for act, name in MISCONDUCT.items() if name in facts}
    facts |= {name: facts[name] and chosen_act for name, chosen_act in acts.items()}
    if SHOULD_HAVE_KNOWN in facts:
        facts[SHOULD_HAVE_KNOWN] &= bool(fields.get(SHOULD_HAVE_KNOWN))
    return Outcome(result=dict(facts))


def prefill_exemption(settling: Settling) -> Outcome:
    """Fill in what the record proves (E1) and the incident says (E3); people decide the rest."""
    proven = settling.case.verdicts.get(DUTY_RULE) == DEEMED
    accident = settling.fields.get("incident_kind") == ACCIDENT
    return Outcome(result={"e1_duty_performed": proven, "e3_accident": accident})


register(
    {
        "accountability.facts": Binding(settle=assert_grounds),
        "exemption.prefill": Binding(settle=prefill_exemption),
    }
)
