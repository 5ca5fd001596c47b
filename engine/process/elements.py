"""Element by element: is its kind in our subset, are its attributes, has it a usable id."""

from __future__ import annotations

from typing import Any

from lxml import etree

from engine.process.graph import Report, label
from engine.process.parser import local
from engine.process.vocabulary import (
    ADDRESSED,
    ATTRIBUTES,
    BPMN,
    DEFINITIONS,
    INSTEAD,
    NODES,
    PICTURE,
    XSI,
)

NODES_IN_FILE, NODES_ON_LEVEL, NESTING = 300, 150, 8
NAME, DOCUMENTATION, EXPRESSION = 200, 20_000, 2_000
RESERVED = ("Start", "End", "Root", "StartEventSplit", "StartEventJoin")
RESERVED_ENDS = (".BoundaryEventSplit", ".BoundaryEventJoin", ".EndJoin")
_DEPTH = 40  # nesting of any XML element, pictures included


def check(report: Report) -> None:
    """Check every element of a diagram; what lies inside a refused element is not judged.

    Ids are an exception: they must be unique in the whole file.
    """
    _visit(report, report.source.root, 0)
    _ids(report)
    _sizes(report)


def _visit(report: Report, element: Any, depth: int) -> None:
    if depth > _DEPTH:
        report.add("too-large", element, limit=_DEPTH, found=f">{_DEPTH}")
        return
    if _refused(report, element):
        return
    _attributes(report, element)
    for inner in element:
        if isinstance(inner.tag, str):
            _visit(report, inner, depth + 1)


def _refused(report: Report, element: Any) -> bool:
    name = etree.QName(element)
    if name.namespace in PICTURE:
        return False
    if name.namespace != BPMN:
        report.add("extension-unknown", element.getparent(), name=name.localname)
        return True
    found = _meaning(element) or INSTEAD.get(name.localname)
    if name.localname in ATTRIBUTES and found is None:
        return False
    what, what_en, instead, instead_en = found or (
        f"元素「{name.localname}」",
        f"the element “{name.localname}”",
        "请删除",
        "remove it",
    )
    facts = {"what": what, "what_en": what_en, "instead": instead, "instead_en": instead_en}
    report.add("element-unsupported", element, **facts)
    report.refused.add(element)
    return True


def _meaning(element: Any) -> tuple[str, str, str, str] | None:
    """Judge events by what they wait for or throw, sub-processes by what triggers them."""
    kind = local(element)
    if kind == "subProcess" and element.get("triggeredByEvent") == "true":
        return (
            "事件子流程",
            "an event sub-process",
            "请用附着在任务或子流程边上的事件",
            "use an event on the border of a task or sub-process",
        )
    if not kind.endswith("Event"):
        return None
    meanings = [local(e).removesuffix("EventDefinition") for e in element if _defines(e)]
    if any(m not in DEFINITIONS for m in meanings):
        return None  # the definition itself is refused, once
    if len(meanings) > 1:
        return (
            "一个事件带多个触发条件",
            "an event with several definitions",
            "请拆成多个事件",
            "split it into several events",
        )
    meaning = meanings[0] if meanings else "none"
    if meaning in _ACCEPTED[kind]:
        return None
    zh, en = _MEANINGS[meaning], meaning
    return (
        f"{zh}{_KINDS[kind]}",
        f"a {en} {kind}",
        "、".join(f"{_MEANINGS[m]}{_KINDS[kind]}" for m in _ACCEPTED[kind]) + "可以使用",
        "accepted here: " + ", ".join(_ACCEPTED[kind]),
    )


_ACCEPTED = {
    "startEvent": ("none",),
    "endEvent": ("none", "error", "escalation", "terminate"),
    "intermediateCatchEvent": ("timer", "message", "signal"),
    "intermediateThrowEvent": ("none", "signal", "escalation"),
    "boundaryEvent": ("timer", "error", "escalation"),
}
_MEANINGS = {
    "none": "普通",
    "timer": "定时",
    "message": "消息",
    "signal": "信号",
    "error": "错误",
    "escalation": "升级",
    "terminate": "终止",
}
_KINDS = {
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件",
    "boundaryEvent": "边界事件",
}


def _defines(element: Any) -> bool:
    return local(element).endswith("EventDefinition") or local(element) == "eventDefinitionRef"


def _attributes(report: Report, element: Any) -> None:
    tag, picture = local(element), etree.QName(element).namespace in PICTURE
    for key, value in element.attrib.items():
        name = etree.QName(key)
        if name.namespace == XSI:
            continue
        if name.namespace is not None:
            report.add("extension-unknown", element, name=name.localname)
        elif not picture and not _allowed(tag, name.localname, value):
            report.add("attribute-unsupported", element, name=name.localname, value=value)


def _allowed(tag: str, name: str, value: str) -> bool:
    allowed = ATTRIBUTES[tag]
    return name in ("id", "name") or name in allowed or f"{name}={value}" in allowed


def _ids(report: Report) -> None:
    first: dict[str, Any] = {}
    for element in report.source.root.iter():
        if not isinstance(element.tag, str):
            continue
        number = element.get("id")
        if number is None:
            if local(element) in ADDRESSED and etree.QName(element).namespace == BPMN:
                kind = local(element)
                report.add("id-missing", element, kind=f"{kind} 元素", kind_en=f"a {kind}")
        elif number in first:
            other = report.source.line(first[number])
            report.add("id-duplicate", element, id=number, other=other)
        else:
            first[number] = element
        reserved = number in RESERVED or str(number).endswith(RESERVED_ENDS)
        if reserved and local(element) in NODES:
            report.add("id-reserved", element, id=number)


def _sizes(report: Report) -> None:
    root = report.source.root
    nodes = [e for e in root.iter(f"{{{BPMN}}}*") if local(e) in NODES]
    if len(nodes) > NODES_IN_FILE:
        limit, found = f"{NODES_IN_FILE} 个节点", f"{len(nodes)}"
        report.add(
            "too-large", root, label=report.source.file or "流程图", limit=limit, found=found
        )
    for element in root.iter(f"{{{BPMN}}}*"):
        _texts(report, element)
        if local(element) == "subProcess" and _nesting(element) == NESTING + 1:
            report.add("too-large", element, limit=f"{NESTING} 层", found=f"{NESTING + 1} 层")


def _texts(report: Report, element: Any) -> None:
    for text, limit in (
        (element.get("name"), NAME),
        (element.text if local(element) == "documentation" else None, DOCUMENTATION),
        (element.text if local(element) == "conditionExpression" else None, EXPRESSION),
    ):
        if text and len(text) > limit:
            where = element if element.get("id") else element.getparent()
            found = f"{len(text)} 字"
            report.add("too-large", where, label=label(where), limit=f"{limit} 字", found=found)


def _nesting(element: Any) -> int:
    return sum(local(e) == "subProcess" for e in element.iterancestors()) + 1
