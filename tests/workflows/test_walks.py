"""Every diagram can be driven from its start to an end, along each branch that is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from tests.workflows.walker import Walk, read, walk

ROOT = Path(__file__).parents[2] / "workflows"
DIAGRAMS = sorted(ROOT.glob("*/*.bpmn"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
WALKS = 400
MOVING = ("userTask", "serviceTask", "businessRuleTask")


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(scope="module", params=DIAGRAMS, ids=named)
def drawn(request: pytest.FixtureRequest) -> tuple[Path, list[Walk]]:
    """A diagram with enough walks to have seen all of it."""
    path: Path = request.param
    definition = read(path.read_bytes())
    wanted = _elements(path) | _branches(path)
    walks: list[Walk] = []
    seen: set[str] = set()
    for number in range(WALKS):
        walks.append(walk(definition, number))
        seen |= walks[-1].touched | _taken(path, walks[-1])
        if wanted <= seen and len(walks) >= 20:
            break
    return path, walks


def test_every_walk_comes_to_an_end(drawn: tuple[Path, list[Walk]]) -> None:
    assert all(each.ended for each in drawn[1])


def test_every_task_and_every_clock_is_reached(drawn: tuple[Path, list[Walk]]) -> None:
    path, walks = drawn
    touched = {element for each in walks for element in each.touched}
    assert _elements(path) - touched == set()


def test_every_branch_of_every_gateway_is_taken(drawn: tuple[Path, list[Walk]]) -> None:
    path, walks = drawn
    taken = {branch for each in walks for branch in _taken(path, each)}
    assert _branches(path) - taken == set()


# ------------------------------------------------------------------ what is drawn


def _elements(path: Path) -> set[str]:
    root = etree.fromstring(path.read_bytes())
    people_and_machines = {str(e.get("id")) for tag in MOVING for e in root.iter(f"{BPMN}{tag}")}
    clocks = {
        str(event.get("id"))
        for tag in ("boundaryEvent", "intermediateCatchEvent")
        for event in root.iter(f"{BPMN}{tag}")
    }
    return people_and_machines | clocks


def _gateways(path: Path) -> dict[str, tuple[dict[str, str], str]]:
    """Return, by gateway, its conditions by flow and its default flow."""
    root = etree.fromstring(path.read_bytes())
    found = {}
    for gateway in root.iter(f"{BPMN}exclusiveGateway"):
        if gateway.get("default"):
            flows = {
                str(flow.get("id")): (flow.findtext(f"{BPMN}conditionExpression") or "").strip()
                for flow in root.iter(f"{BPMN}sequenceFlow")
                if flow.get("sourceRef") == gateway.get("id")
            }
            default = str(gateway.get("default"))
            flows.pop(default)
            found[str(gateway.get("id"))] = (flows, default)
    return found


def _branches(path: Path) -> set[str]:
    return {flow for flows, default in _gateways(path).values() for flow in (*flows, default)}


def _taken(path: Path, each: Walk) -> set[str]:
    """A flow is taken when its condition is the first that holds; the default when none does."""
    taken: set[str] = set()
    for flows, default in _gateways(path).values():
        for step in {step for step, text in each.answers if text in flows.values()}:
            holding = [f for f, text in flows.items() if each.answers.get((step, text))]
            asked = all((step, text) in each.answers for text in flows.values())
            if holding:
                taken.add(holding[0])
            elif asked:
                taken.add(default)
    return taken
