"""How a ground of accountability shows in recorded history; each sign names the event that says it.

A sign is what the system can see. Whether it is a lead, a rule of the pack decides; whether
somebody is responsible, only a person.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.oversight.evidence import Evidence, Scene
from engine.oversight.looks import LOOKS, Question
from rules.pack import Law
from rules.supervision import Sign


def seen_by(sign: Sign, at: Scene) -> Iterator[Evidence]:
    """Yield every event that shows a sign, case by case."""
    asked = _read(sign, at.law)
    for case in at.cases:
        if sign.processes and case.head.process not in sign.processes:
            continue
        if sign.parent and at.parent_process(case) != sign.parent:
            continue
        if asked.condition is not None:
            facts = at.law.facts(case.record(at.now))
            if not asked.condition.evaluate(facts, on=at.today, now=at.now):
                continue
        yield from LOOKS[sign.kind](asked, case, at)


def _read(sign: Sign, law: Law) -> Question:
    if not sign.condition:
        return Question(sign=sign, condition=None, fields=())
    condition = law.condition(sign.condition)
    terms = law.program.names.terms
    keys = [terms[path].key or "" for path in condition.facts]
    fields = [
        ("count_" if key.startswith("count.") else "") + key.partition(".")[2] for key in keys
    ]
    return Question(sign=sign, condition=condition, fields=tuple(fields))
