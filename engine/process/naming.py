"""Every name a diagram uses: forms, rules, functions, roles, facts in conditions, messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.process import references, timers
from engine.process.errors import BadTimer
from engine.process.graph import Report, label, nearest
from engine.process.parser import BPMN, local, party, timer_text
from engine.process.vocabulary import PEOPLE

MULTI = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a diagram may name in one version; `condition` compiles a gateway's text or raises.

    `parties` None accepts any party name; `processes` are those a call activity may call.
    """

    forms: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    bindings: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    processes: Mapping[str, bytes] = field(default_factory=dict)
    parties: frozenset[str] | None = None
    condition: Callable[[str], object]


_WHAT = {  # tag → (prefix, what zh, what en, example)
    "userTask": ("form:", "表单", "form", "form:inspection-form"),
    "businessRuleTask": ("rule:", "规则", "rule", "rule:抽查比例审查"),
    "serviceTask": ("", "函数", "function", "draw.objects"),
}
_INSTEAD = {  # what → how a name that does not exist yet comes into being
    "表单": ("；新表单与流程图一起上传", "; upload a new form together with the diagram"),
    "规则": ("；新规则先随规则包发布", "; a new rule is published with its pack first"),
    "期限规则": ("；新规则先随规则包发布", "; a new rule is published with its pack first"),
    "流程": ("；被调用的流程先发布", "; publish the called process first"),
    "函数": ("；函数由产品提供", "; functions come with the product"),
    "参与方": ("；参与方由此前的表单确定", "; an earlier form says who the parties are"),
}


def check(report: Report, process: Any, names: Names) -> None:
    """Check every name against the catalogue; what is misspelt is shown with its nearest."""
    lanes = _lanes(report, process, names)
    for element in process.iter(f"{{{BPMN}}}*"):
        if not report.judges(element):
            continue
        kind = local(element)
        if kind in _WHAT:
            _implementation(report, element, names)
        if kind in PEOPLE:
            _person(report, element, lanes, names)
        if kind == "callActivity":
            _call(report, element, names)
        if kind == "conditionExpression":
            _condition(report, element, names)
        if kind == "timerEventDefinition":
            _timer(report, element, names)
        if kind == "multiInstanceLoopCharacteristics":
            _multi(report, element, names)
    references.check(report, process)


# ------------------------------------------------------------------ who acts, and with what


def _lanes(report: Report, process: Any, names: Names) -> set[str]:
    inside = {e.get("id"): e for e in process.iter(f"{{{BPMN}}}*")}
    holder: dict[str, Any] = {}
    for lane in process.iter(f"{{{BPMN}}}lane"):
        inner = lane.find(f"{{{BPMN}}}childLaneSet")
        name = lane.get("name") or ""
        if inner is None and name not in names.roles:
            near = nearest(name, names.roles)
            options = "、".join(sorted(names.roles))
            report.add("lane-unknown", lane, name=name, options=options, **near)
        for reference in lane.findall(f"{{{BPMN}}}flowNodeRef"):
            number = (reference.text or "").strip()
            other = holder.setdefault(number, lane)
            if number not in inside:
                facts = {"what": "元素", "what_en": "the element", "name": number}
                report.add("reference-unknown", lane, **facts, **nearest(number, ()))
            elif other is not lane and other not in lane.iterancestors():
                facts = {"label": label(inside[number]), "name": label(lane)}
                report.add("lane-twice", inside[number], other=label(other), **facts)
    return set(holder)


def _person(report: Report, element: Any, lanes: set[str], names: Names) -> None:
    around = (element, *(e for e in element.iterancestors() if local(e) == "subProcess"))
    if not any(e.get("id") in lanes for e in around):
        report.add("lane-missing", element, options="、".join(sorted(names.roles)))
    if not element.get("name"):
        report.add("label-missing", element)


def _implementation(report: Report, element: Any, names: Names) -> None:
    kind = local(element)
    prefix, what, what_en, example = _WHAT[kind]
    text = (element.get("implementation") or "").strip()
    facts = {"what": what, "what_en": what_en}
    if not text or text.startswith(
        "##"
    ):  # ##unspecified and ##WebService are the schema's defaults
        report.add("implementation-missing", element, example=example, **facts)
        return
    known = {"userTask": names.forms, "businessRuleTask": names.rules}.get(kind, names.bindings)
    name = text.removeprefix(prefix)
    if not text.startswith(prefix):
        zh, en = (
            f"应写成 {prefix}名称，例如 {example}；",
            f"write {prefix}name, for example {example}; ",
        )
        _unbound(report, element, {"nearest": zh, "nearest_en": en}, name=text, **facts)
    elif name not in known:
        _unbound(report, element, nearest(name, known), name=name, **facts)


def _unbound(report: Report, element: Any, near: dict[str, str], **facts: str) -> None:
    zh, en = _INSTEAD[facts["what"]]
    report.add("name-unbound", element, instead=zh, instead_en=en, **near, **facts)


def _call(report: Report, element: Any, names: Names) -> None:
    target = element.get("calledElement")
    facts = {"what": "流程", "what_en": "process"}
    if not target:
        report.add("implementation-missing", element, example="calledElement", **facts)
    elif target not in names.processes:
        near = nearest(target, names.processes)
        _unbound(report, element, near, name=target, **facts)


# ------------------------------------------------------------------ expressions and numbers


def _condition(report: Report, element: Any, names: Names) -> None:
    text = (element.text or "").strip()
    flow = element.getparent()
    if not text:
        report.add("gateway-no-condition", flow, gateway=flow.get("sourceRef"))
        return
    for why, how in _faults(text, names.condition):
        apart = {"how": f"{how}；" if how else "", "how_en": f"{how}; " if how else ""}
        report.add("expression", flow, text=text, why=why, **apart)


def _faults(text: str, compile_: Callable[[str], object]) -> Iterable[tuple[str, str]]:
    try:
        compile_(text)
    except RecursionError:
        return [("嵌套过深 / nested too deeply", "请拆成多条规则 / split it into rules")]
    except Exception as error:  # whatever the rules language raises carries its own problems
        found = getattr(error, "problems", ())
        return [(str(p.message), str(p.hint)) for p in found] or [
            ("无法理解 / not understood", "请改写 / write it anew")
        ]
    return ()


def _timer(report: Report, element: Any, names: Names) -> None:
    event, text = element.getparent(), timer_text(element)
    try:
        timer = timers.read(text)
    except BadTimer:
        _bad_timer(report, event, text, "写法不对", "it is not written like this")
        return
    if timer.rule is not None and timer.rule not in names.rules:
        facts = {"what": "期限规则", "what_en": "deadline rule", "name": timer.rule}
        _unbound(report, event, nearest(timer.rule, names.rules), **facts)
    repeats = timer.times > 1
    lasting = local(event) == "boundaryEvent" and event.get("cancelActivity") == "false"
    if repeats and not lasting:
        zh, en = "只有非中断的边界事件可以重复", "only a non-interrupting boundary event repeats"
        _bad_timer(report, event, text, zh, en)


def _bad_timer(report: Report, event: Any, text: str, why: str, why_en: str) -> None:
    report.add("timer-invalid", event, text=text, why=why, why_en=why_en)


def _multi(report: Report, element: Any, names: Names) -> None:
    activity = element.getparent()
    text = (element.findtext(f"{{{BPMN}}}loopCardinality") or "").strip()
    counted = party(element)
    if counted is not None:
        together = element.get("isSequential") != "true" and local(activity) == "userTask"
        known = names.parties is None or counted in names.parties
        if not known:
            facts = {"what": "参与方", "what_en": "party", "name": counted}
            _unbound(report, activity, nearest(counted, names.parties or ()), **facts)
        elif not together:
            report.add("multi-too-wide", activity, text=text)
    elif not (text.isdecimal() and text.isascii() and 1 <= int(text) <= MULTI):
        report.add("multi-too-wide", activity, text=text)
