"""The named diagram of the engine's benchmark, and the same step in plain SpiffWorkflow.

`approval-20`: a start, a draft, eight steps each with a gateway that may send it back to the draft,
a filing and an end. In the plain form the gateways hold Python, as the library's manual has it.
"""

from __future__ import annotations

import datetime
import importlib.util
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import SpiffWorkflow.bpmn.specs.event_definitions.timer as timer_module
import SpiffWorkflow.task as task_module
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

STEPS = 8
BACK = "退回修改"
ON = "同意"
FORM = "bench-approval"

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "审签",
    "type": "object",
    "x-stamps": {"signed_on": "date", "signed_by": "person"},
    "properties": {
        "sign_off_decision": {"title": "意见", "type": "string", "enum": [ON, BACK]},
        "sign_off_opinion": {"title": "说明", "type": "string", "maxLength": 2000},
    },
    "required": ["sign_off_decision"],
    "additionalProperties": False,
}


def diagram(*, plain: bool = False) -> bytes:
    """Return approval-20 as BPMN: with our names, or plain with conditions in Python."""
    condition = f"decision == '{BACK}'" if plain else f"审签的结论 为 {BACK}"
    implementation = "" if plain else f' implementation="form:{FORM}"'
    chain = ["draft"]
    nodes = ['<startEvent id="begin" name="开始"/>', _task("draft", implementation)]
    flows = [_flow("begin", "draft")]
    for number in range(1, STEPS + 1):
        step, gate = f"step{number}", f"gate{number}"
        following = f"step{number + 1}" if number < STEPS else "file"
        nodes += [
            _task(step, implementation),
            f'<exclusiveGateway id="{gate}" name="{gate}？" default="{gate}__{following}"/>',
        ]
        flows += [
            _flow(chain[-1], step) if number == 1 else "",
            _flow(step, gate),
            _flow(gate, "draft", condition),
            _flow(gate, following),
        ]
    nodes += [_task("file", implementation), '<endEvent id="end" name="结束"/>']
    flows.append(_flow("file", "end"))
    lanes = "" if plain else _lanes()
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:bench">'
        f'<process id="approval_20" name="审批二十" isExecutable="true">{lanes}'
        f"{''.join(nodes)}{''.join(flows)}</process></definitions>"
    ).encode()


def _task(name: str, implementation: str) -> str:
    return f'<userTask id="{name}" name="{name}"{implementation}/>'


def _flow(source: str, target: str, condition: str = "") -> str:
    inside = (
        f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>'
        if condition
        else ""
    )
    name = f"{source}__{target}"
    flow = f'<sequenceFlow id="{name}" name="{name}" sourceRef="{source}" targetRef="{target}">'
    return f"{flow}{inside}</sequenceFlow>"


def _lanes() -> str:
    names = ["begin", "draft", "file", "end"]
    names += [f"{kind}{number}" for kind in ("step", "gate") for number in range(1, STEPS + 1)]
    refs = "".join(f"<flowNodeRef>{name}</flowNodeRef>" for name in names)
    return f'<laneSet id="lanes"><lane id="lane" name="发起部门经办人">{refs}</lane></laneSet>'


# ---------------------------------------------------------------- the library as it comes


def _untouched() -> Any:
    """Return the library's task module as it is on the disk, beside the one we rebound."""
    found = importlib.util.find_spec("SpiffWorkflow.task")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


_UNTOUCHED = _untouched()


@contextmanager
def stock() -> Iterator[None]:
    """Give the library back its own clock, ids and state setter inside the block."""
    ours = (task_module.time, task_module.uuid4, timer_module.datetime, task_module.Task._set_state)
    task_module.time, task_module.uuid4 = _UNTOUCHED.time, _UNTOUCHED.uuid4
    timer_module.datetime = datetime.datetime
    task_module.Task._set_state = _UNTOUCHED.Task._set_state
    try:
        yield
    finally:
        task_module.time, task_module.uuid4, timer_module.datetime = ours[:3]
        task_module.Task._set_state = ours[3]


def parsed() -> Any:
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(diagram(plain=True)))
    return parser.get_spec("approval_20")


class InMemory:
    """One case of plain SpiffWorkflow that nobody keeps."""

    def __init__(self, spec: Any) -> None:
        self.workflow = BpmnWorkflow(spec)
        self.workflow.do_engine_steps()

    def complete(self, decision: str) -> None:
        task = self.workflow.get_next_task(state=TaskState.READY, manual=True)
        task.data["decision"] = decision
        task.run()
        self.workflow.do_engine_steps()


class JsonInSqlite:
    """Plain SpiffWorkflow with its own JSON: load, complete, save, one event row, one commit."""

    def __init__(self, spec: Any, place: Path) -> None:
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
        self.connection = sqlite3.connect(place, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("CREATE TABLE IF NOT EXISTS cases (id INTEGER PRIMARY KEY, state)")
        self.connection.execute("CREATE TABLE IF NOT EXISTS events (id, seq, body)")
        self.spec = spec
        self.case = 0
        self.seq = 0

    def begin(self) -> None:
        workflow = BpmnWorkflow(self.spec)
        workflow.do_engine_steps()
        self.case += 1
        self.seq = 0
        state = self.serializer.serialize_json(workflow)
        self.connection.execute("INSERT INTO cases VALUES (?, ?)", (self.case, state))

    def complete(self, decision: str) -> None:
        execute = self.connection.execute
        execute("BEGIN IMMEDIATE")
        (state,) = execute("SELECT state FROM cases WHERE id = ?", (self.case,)).fetchone()
        workflow = self.serializer.deserialize_json(state)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        task.data["decision"] = decision
        task.run()
        workflow.do_engine_steps()
        self.seq += 1
        body = json.dumps({"task": task.task_spec.name, "decision": decision})
        execute("INSERT INTO events VALUES (?, ?, ?)", (self.case, self.seq, body))
        state = self.serializer.serialize_json(workflow)
        execute("UPDATE cases SET state = ? WHERE id = ?", (state, self.case))
        execute("COMMIT")
