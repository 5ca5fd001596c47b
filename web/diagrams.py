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


def flows(source: bytes) -> dict[str, list[str]]:
    """Return the elements each element leads to."""
    leads: dict[str, list[str]] = {}
    for flow in _root(source).iter(f"{_BPMN}sequenceFlow"):
        leads.setdefault(flow.get("sourceRef", ""), []).append(flow.get("targetRef", ""))
    return leads


def _root(source: bytes) -> Xml.Element:
    return Xml.fromstring(source)  # noqa: S314 - checked when it was released
