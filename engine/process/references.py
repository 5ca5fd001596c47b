"""Messages, signals, errors and escalations: declared, named, and with both ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.process.graph import Report, nearest
from engine.process.parser import BPMN, local

_REFERS = {
    "messageEventDefinition": ("messageRef", "message", "消息"),
    "signalEventDefinition": ("signalRef", "signal", "信号"),
    "errorEventDefinition": ("errorRef", "error", "错误"),
    "escalationEventDefinition": ("escalationRef", "escalation", "升级"),
}


def check(report: Report, process: Any) -> None:
    """Check that what is referred to is declared, and that what is thrown is caught."""
    declared = {
        kind: {e.get("id"): e for e in report.source.root if local(e) == kind}
        for _, kind, _ in _REFERS.values()
    }
    for element in process.iter(*(f"{{{BPMN}}}{tag}" for tag in _REFERS)):
        attribute, kind, zh = _REFERS[local(element)]
        if not report.judges(element):
            continue
        event, name = element.getparent(), element.get(attribute) or ""
        catches_all = local(event) == "boundaryEvent" and not name
        target = declared[kind].get(name)
        unnamed = target is not None and kind in ("message", "signal") and not target.get("name")
        if (target is None and not catches_all) or unnamed:
            facts = {"what": zh, "what_en": f"the {kind}", "name": name or "—"}
            report.add("reference-unknown", event, **facts, **nearest(name, declared[kind]))
        elif kind in ("error", "escalation") and local(event) != "boundaryEvent":
            _caught(report, event, kind, target, declared[kind])
    _signals(report, process, declared["signal"])


def _signals(report: Report, process: Any, declared: Mapping[str, Any]) -> None:
    """Nobody outside a case sends or hears its signals, so each needs both ends."""
    ends: dict[tuple[str, bool], Any] = {}
    for definition in process.iter(f"{{{BPMN}}}signalEventDefinition"):
        event = definition.getparent()
        throws = local(event) == "intermediateThrowEvent"
        ends.setdefault((definition.get("signalRef") or "", throws), event)
    for (reference, throws), event in ends.items():
        known = reference in declared and report.judges(event)
        if known and (reference, not throws) not in ends:
            name = declared[reference].get("name") or reference
            report.add("signal-unpaired", event, name=name)


def _caught(
    report: Report, event: Any, kind: str, thrown: Any, declared: Mapping[str, Any]
) -> None:
    code = thrown.get(f"{kind}Code")
    for scope in event.iterancestors(f"{{{BPMN}}}subProcess"):
        for catcher in scope.getparent().iterfind(f"{{{BPMN}}}boundaryEvent"):
            definition = catcher.find(f"{{{BPMN}}}{kind}EventDefinition")
            if catcher.get("attachedToRef") != scope.get("id") or definition is None:
                continue
            caught = declared.get(definition.get(f"{kind}Ref") or "")
            if caught is None or caught.get(f"{kind}Code") in (None, code):
                return
    report.add("error-uncaught", event, name=thrown.get("name") or code or "")
