"""Diagrams as small as a test needs them, and one that is right in every respect to spoil."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
HEAD = f'<definitions xmlns="{BPMN}" id="D" targetNamespace="urn:test">'

Flow = tuple[str, str] | tuple[str, str, str]


def flows(*pairs: Flow) -> str:
    """Draw flows; a third member is the condition. The id is `f_source_target`."""
    drawn = []
    for pair in pairs:
        source, target, condition = (*pair, "")[:3]
        inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        drawn.append(
            f'<sequenceFlow id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}">'
            f"{inner}</sequenceFlow>"
        )
    return "\n".join(drawn)


def chain(*nodes: str) -> str:
    """Draw a flow from each node to the next."""
    return flows(*itertools.pairwise(nodes))


def document(body: str, *, extra: str = "", process: str = "p") -> bytes:
    """Wrap a process body; `extra` stands before the process (messages, errors)."""
    return (
        f"{HEAD}\n{extra}\n"
        f'<process id="{process}" isExecutable="true">\n{body}\n</process>\n</definitions>'
    ).encode()


def user(*ids: str) -> str:
    return "\n".join(f'<userTask id="{i}" name="办理 {i}" implementation="form:f"/>' for i in ids)


def service(*ids: str) -> str:
    return "\n".join(f'<serviceTask id="{i}" implementation="draw.objects"/>' for i in ids)


def rule(*ids: str) -> str:
    return "\n".join(f'<businessRuleTask id="{i}" implementation="rule:r"/>' for i in ids)


def start(*ids: str) -> str:
    return "\n".join(f'<startEvent id="{i}"/>' for i in ids)


def end(*ids: str) -> str:
    return "\n".join(f'<endEvent id="{i}"/>' for i in ids)


def xor(name: str, default: str = "") -> str:
    chosen = f' default="f_{name}_{default}"' if default else ""
    return f'<exclusiveGateway id="{name}"{chosen}/>'


def inclusive(name: str, default: str = "") -> str:
    return xor(name, default).replace("exclusive", "inclusive")


def parallel(*ids: str) -> str:
    return "\n".join(f'<parallelGateway id="{i}"/>' for i in ids)


def timed(text: str = "P1D") -> str:
    return (
        f"<timerEventDefinition><timeDuration>{text}</timeDuration></timerEventDefinition>"
        if text.startswith(("P", "R"))
        else f"<timerEventDefinition><timeDate>{text}</timeDate></timerEventDefinition>"
    )


def boundary(name: str, host: str, inner: str = "", *, interrupting: bool = True) -> str:
    cancel = str(interrupting).lower()
    return (
        f'<boundaryEvent id="{name}" attachedToRef="{host}" cancelActivity="{cancel}">'
        f"{inner or timed()}</boundaryEvent>"
    )


def catch(name: str, inner: str) -> str:
    return f'<intermediateCatchEvent id="{name}">{inner}</intermediateCatchEvent>'


def heard(message: str = "M1") -> str:
    return f'<messageEventDefinition messageRef="{message}"/>'


def subprocess(name: str, body: str, marker: str = "") -> str:
    return f'<subProcess id="{name}">{marker}{body}</subProcess>'


def multi(count: str, *, sequential: bool = False) -> str:
    mode = ' isSequential="true"' if sequential else ""
    return (
        f"<multiInstanceLoopCharacteristics{mode}><loopCardinality>{count}</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )


def lanes(members: Iterable[str], role: str = "经办人") -> str:
    inner = "".join(f"<flowNodeRef>{member}</flowNodeRef>" for member in members)
    return f'<laneSet id="lanes"><lane id="lane" name="{role}">{inner}</lane></laneSet>'


MESSAGE = '<message id="M1" name="inspections-closed"/>'
