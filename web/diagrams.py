"""What the pages read from a diagram's own text: its process's name, and where each flow leads.

Only for diagrams that shipped or were released: the publish pipeline has refused every document
type, so a plain parser is safe here.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as Xml

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def names(sources: Iterable[bytes]) -> dict[str, str]:
    """Return process id → name."""
    found: dict[str, str] = {}
    for source in sources:
        for process in _root(source).iter(f"{_BPMN}process"):
            identifier = process.get("id", "")
            found[identifier] = process.get("name", identifier)
    return found


def flows(source: bytes) -> dict[str, list[tuple[str, str]]]:
    """Return by element the flows that leave it, each with the element it leads to.

    A sub-process is entered at its start; its ends lead to what follows it.
    """
    root = _root(source)
    parts = {part.get("id", ""): part for part in root.iter(f"{_BPMN}subProcess")}
    leads: dict[str, list[tuple[str, str]]] = {}
    for flow in root.iter(f"{_BPMN}sequenceFlow"):
        target = flow.get("targetRef", "")
        entered = _inside(parts[target], "startEvent") if target in parts else [target]
        ways = ((flow.get("id", ""), element) for element in entered)
        leads.setdefault(flow.get("sourceRef", ""), []).extend(ways)
    for name, part in parts.items():
        for end in _inside(part, "endEvent"):
            leads[end] = leads.get(name, [])
    return leads


def _inside(part: Xml.Element, kind: str) -> list[str]:
    return [event.get("id", "") for event in part.findall(f"{_BPMN}{kind}")]


def _root(source: bytes) -> Xml.Element:
    return Xml.fromstring(source)  # noqa: S314 - checked when it was released
