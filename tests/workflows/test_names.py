"""Whatever a diagram names exists, and whatever its rules ask is answered on its own way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from engine.process.definition import Node
from engine.process.lint import problems
from rules import supervision
from rules.pack import Law
from tests.workflows.shipped import (
    JURISDICTIONS,
    definition,
    everywhere,
    names,
    schema,
    shelf,
)

DAY = date(2026, 6, 15)
CASES = pytest.mark.parametrize(
    ("jurisdiction", "stem"), [*everywhere()], ids=lambda part: str(part)
)


def grounds(jurisdiction: str) -> tuple[supervision.Branch, ...]:
    return supervision.of(shelf(jurisdiction).law).branches


# What a service adds to the case, where a rule or a gateway of the same diagram reads it.
BROUGHT = {
    "registry.survey": (
        "items_active",
        "eligibility_decided",
        "count_frame_total",
        "count_frame_eligible",
        "count_frame_out_of_scope",
        "count_staff_pool",
        "count_staff_needed",
    ),
    "draw.manifest": ("manifest_committed", "withdrawable", "in_campaign", "manifest_withdrawn"),
    "draw.campaign": ("campaign_leads",),
    "draw.objects": ("objects_drawn_on", "drawn_count"),
    "draw.executed": ("draw_void",),
    "results.hold": ("result_held",),
    "visit.gathered": (
        "results_gathered",
        "items_with_findings",
        "items_looked_at",
        "chosen_dispositions",
        "count_items_without_result_or_cause",
    ),
    "draw.inspectors": ("matching_feasible", "staff_method"),
    "replacement.survey": ("replacement_waits",),
    "replacement.freeze": ("replacement_possible",),
    "replacement.manifest": ("manifest_committed",),
    "release.check": ("release_check_passed",),
    "duty.survey": (
        "count_undrawn_tasks",
        "count_unfinished_inspections",
        "count_late_forms",
        "count_late_publications",
    ),
    "accountability.facts": tuple(
        fact for city in JURISDICTIONS for each in grounds(city) for fact in each.facts
    ),
    "inspections.tally": (
        "count_items_without_result_or_cause",
        "count_findings_without_disposition",
    ),
}
# said by whoever opens the case, or by its own clock; the agenda says by when an obligation is due
OPENED_WITH = ("lead_department", "obligation_due_on", "opened_on", "step_opened_on")


@CASES
def test_a_shipped_diagram_has_no_problems(jurisdiction: str, stem: str) -> None:
    source = shelf(jurisdiction).diagrams[stem]
    assert problems(source, names(jurisdiction), file=stem) == ()


@CASES
def test_every_fact_that_is_asked_is_gathered_on_the_way(jurisdiction: str, stem: str) -> None:
    """A gateway, a clock, a rule or a guard would otherwise stop the case with 待查."""
    law = shelf(jurisdiction).law
    terms = law.program.names.terms
    gathered = {field for node in _nodes(jurisdiction, stem) for field in _gathers(node)}
    gathered |= {f"case.{field}" for field in OPENED_WITH}
    unanswered = {
        (path, why)
        for why, path in _asked(jurisdiction, stem, law)
        if terms[path].default is None and str(terms[path].origin) not in gathered
    }
    assert unanswered == set()


@CASES
def test_people_are_told_what_to_do(jurisdiction: str, stem: str) -> None:
    for node in _nodes(jurisdiction, stem):
        if node.tag == "userTask":
            assert len(node.documentation) >= 8, node.id
            assert re.search(r"[\u4e00-\u9fff]", node.name), node.id
    assert definition(jurisdiction, stem).documentation


def _nodes(jurisdiction: str, stem: str) -> Iterator[Node]:
    yield from definition(jurisdiction, stem).nodes.values()


def _gathers(node: Node) -> Iterator[str]:
    """Yield the origins of facts that passing this element supplies."""
    for field in BROUGHT.get(node.implementation or "", ()):
        yield _origin(field)
    if node.rule:
        yield f"verdict.{node.rule}"
    if node.form:
        form = schema(node.form)
        for field in (*form["properties"], *form.get("x-stamps", ()), *form.get("x-inherits", ())):
            yield _origin(field)


def _origin(field: str) -> str:
    if field.startswith("count_"):
        return f"count.{field.removeprefix('count_')}@snapshot"
    return f"case.{field}"


def _asked(jurisdiction: str, stem: str, law: Law) -> Iterator[tuple[str, str]]:
    """Yield (who asks, term) for everything a case of this diagram may want to know."""
    nothing = law.facts({})
    for node in _nodes(jurisdiction, stem):
        rules = [node.rule] if node.rule else []
        if node.form:
            rules += [g for g in schema(node.form).get("x-guards", ()) if law.has_rule(g)]
        for rule in rules:
            for path in law.assess(rule, nothing, on=DAY).missing:
                yield f"{node.id}: {rule}", path
        if node.timer is not None and node.timer.rule:
            for path in law.due(node.timer.rule, nothing, on=DAY).missing:
                yield f"{node.id}: {node.timer.rule}", path
    source = shelf(jurisdiction).diagrams[stem].decode()
    for text in re.findall(r"<conditionExpression[^>]*>([^<]+)<", source):
        for path in law.condition(text).missing(nothing):
            yield text, path
