"""Writes the elements of a drawing: planes, shapes and edges with their bounds and way points."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from engine.process.routing import Box, Point
from engine.process.vocabulary import BPMNDI, DC, DI

SPACES = {"bpmndi": BPMNDI, "dc": DC, "di": DI}
TASK = (100, 80)


def diagram(prefix: str, element: str) -> tuple[etree._Element, etree._Element]:
    """Return a drawing and its plane, which shows what lies inside an element."""
    name = f"{prefix}drawing"
    drawing = etree.Element(f"{{{BPMNDI}}}BPMNDiagram", {"id": name}, nsmap=SPACES)
    shown = {"id": f"{prefix}plane", "bpmnElement": element}
    return drawing, etree.SubElement(drawing, f"{{{BPMNDI}}}BPMNPlane", shown)


def moved(box: Box, shift: Point) -> Box:
    return Box(x=box.x + shift[0], y=box.y + shift[1], width=box.width, height=box.height)


def shape(
    plane: etree._Element,
    element: str,
    box: Box,
    *,
    across: bool = False,
    caption: Box | None = None,
    expanded: bool | None = None,
) -> None:
    """Draw an element; `expanded` says of a sub-process whether its parts lie inside the shape."""
    drawn = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", _named(element))
    if across:
        drawn.set("isHorizontal", "true")
    if expanded is not None:
        drawn.set("isExpanded", "true" if expanded else "false")
    _bounds(drawn, box)
    _label(drawn, caption)


def edge(
    plane: etree._Element, element: str, path: Sequence[Point], *, caption: Box | None
) -> None:
    drawn = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", _named(element))
    for x, y in path:
        etree.SubElement(drawn, f"{{{DI}}}waypoint", {"x": str(x), "y": str(y)})
    _label(drawn, caption)


def _named(element: str) -> dict[str, str]:
    return {"id": f"{element}_di", "bpmnElement": element}


def _label(owner: etree._Element, box: Box | None) -> None:
    if box is not None:
        _bounds(etree.SubElement(owner, f"{{{BPMNDI}}}BPMNLabel"), box)


def _bounds(owner: etree._Element, box: Box) -> None:
    sizes = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    etree.SubElement(owner, f"{{{DC}}}Bounds", {key: str(value) for key, value in sizes.items()})
