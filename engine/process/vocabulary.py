"""The BPMN subset: which elements and attributes may stand in a diagram; what to use instead."""

from __future__ import annotations

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PICTURE = frozenset({BPMNDI, DC, DI})

DECIDING = ("exclusiveGateway", "inclusiveGateway")
GATEWAYS = (*DECIDING, "parallelGateway", "eventBasedGateway")
PEOPLE = ("userTask", "manualTask")
BOUND = ("serviceTask", "businessRuleTask")
ACTIVITIES = frozenset((*PEOPLE, *BOUND, "subProcess", "callActivity"))
CATCHING = ("intermediateCatchEvent", "boundaryEvent")
EVENTS = ("startEvent", "endEvent", "intermediateThrowEvent", *CATCHING)
UNSUPPORTED_NODES = (
    "task",
    "scriptTask",
    "sendTask",
    "receiveTask",
    "transaction",
    "adHocSubProcess",
    "complexGateway",
)
NODES = frozenset((*GATEWAYS, *EVENTS, *ACTIVITIES, *UNSUPPORTED_NODES))
DEFINITIONS = ("timer", "message", "signal", "error", "escalation", "terminate")

# tag → attributes beside id and name; "a=b" allows one value only
_ACTIVITY = "isForCompensation=false startQuantity=1 completionQuantity=1"
_GATEWAY = "gatewayDirection"
ATTRIBUTES: dict[str, frozenset[str]] = {
    tag: frozenset(attributes.split())
    for tag, attributes in {
        "definitions": "targetNamespace exporter exporterVersion",
        "collaboration": "isClosed=false",
        "participant": "processRef",
        "process": "isExecutable isClosed=false processType",
        "laneSet": "",
        "lane": "",
        "childLaneSet": "",
        "flowNodeRef": "",
        "documentation": "textFormat",
        "startEvent": "isInterrupting=true parallelMultiple=false",
        "endEvent": "",
        "intermediateCatchEvent": "parallelMultiple=false",
        "intermediateThrowEvent": "",
        "boundaryEvent": "attachedToRef cancelActivity parallelMultiple=false",
        "userTask": f"implementation {_ACTIVITY}",
        "manualTask": _ACTIVITY,
        "serviceTask": f"implementation {_ACTIVITY}",
        "businessRuleTask": f"implementation {_ACTIVITY}",
        "subProcess": f"triggeredByEvent=false {_ACTIVITY}",
        "callActivity": f"calledElement {_ACTIVITY}",
        "exclusiveGateway": f"default {_GATEWAY}",
        "inclusiveGateway": f"default {_GATEWAY}",
        "parallelGateway": _GATEWAY,
        "eventBasedGateway": f"instantiate=false eventGatewayType=Exclusive {_GATEWAY}",
        "sequenceFlow": "sourceRef targetRef isImmediate",
        "conditionExpression": "",
        "incoming": "",
        "outgoing": "",
        "timerEventDefinition": "",
        "timeDate": "",
        "timeDuration": "",
        "timeCycle": "",
        "messageEventDefinition": "messageRef",
        "signalEventDefinition": "signalRef",
        "errorEventDefinition": "errorRef",
        "escalationEventDefinition": "escalationRef",
        "terminateEventDefinition": "",
        "message": "",
        "signal": "",
        "error": "errorCode",
        "escalation": "escalationCode",
        "multiInstanceLoopCharacteristics": "isSequential behavior=All",
        "loopCardinality": "",
        "textAnnotation": "textFormat",
        "text": "",
        "association": "sourceRef targetRef associationDirection",
        "group": "categoryValueRef",
        "category": "",
        "categoryValue": "value",
    }.items()
}

# Elements that must have an id: the library, the case or the editor addresses them.
ADDRESSED = NODES | {"process", "sequenceFlow", "message", "signal", "error", "escalation", "lane"}

# unsupported tag → (zh, en, what to use instead zh, en)
INSTEAD: dict[str, tuple[str, str, str, str]] = {
    "task": (
        "没有类型的任务",
        "a task without a kind",
        "请选择任务种类：人工任务、服务任务或规则任务",
        "choose a kind of task: user, service or business rule",
    ),
    "scriptTask": (
        "脚本任务",
        "a script task",
        "请用服务任务，在 implementation 写函数名",
        "use a service task that names a function",
    ),
    "sendTask": (
        "发送任务",
        "a send task",
        "请用服务任务",
        "use a service task",
    ),
    "receiveTask": (
        "接收任务",
        "a receive task",
        "请用消息中间捕获事件",
        "use an intermediate message catch event",
    ),
    "transaction": ("事务子流程", "a transaction", "请用普通子流程", "use a plain sub-process"),
    "adHocSubProcess": (
        "自由子流程",
        "an ad-hoc sub-process",
        "请画出先后顺序",
        "draw the order of its tasks",
    ),
    "complexGateway": (
        "复杂网关",
        "a complex gateway",
        "请用排他、并行或包容网关",
        "use an exclusive, parallel or inclusive gateway",
    ),
    "standardLoopCharacteristics": (
        "循环标记",
        "the loop marker",
        "请画出带排他网关的回路",
        "draw a loop with an exclusive gateway",
    ),
    "linkEventDefinition": (
        "链接事件",
        "a link event",
        "请直接画连线",
        "draw the flow itself",
    ),
    "compensateEventDefinition": (
        "补偿事件",
        "a compensation event",
        "请画出更正的步骤",
        "draw the correcting steps",
    ),
    "conditionalEventDefinition": (
        "条件事件",
        "a conditional event",
        "请用排他网关或消息事件",
        "use an exclusive gateway or a message event",
    ),
    "cancelEventDefinition": (
        "取消事件",
        "a cancel event",
        "请用错误事件",
        "use an error event",
    ),
    "completionCondition": (
        "多实例的完成条件",
        "a completion condition",
        "请等齐所有份数，或在边上加中断的定时事件",
        "wait for all instances, or attach an interrupting timer",
    ),
    "extensionElements": (
        "厂商扩展元素",
        "vendor extension elements",
        "请删除；标准属性 implementation 足够",
        "remove them; the standard attribute implementation suffices",
    ),
}
_FACTS = (
    "流程图内的数据",
    "data inside the diagram",
    "事实保存在案件里，由表单填写；请删除",
    "facts live in the case and come from forms; remove it",
)
for _tag in (
    "dataObject",
    "dataObjectReference",
    "dataStore",
    "dataStoreReference",
    "dataInputAssociation",
    "dataOutputAssociation",
    "ioSpecification",
    "property",
    "itemDefinition",
    "correlationProperty",
    "correlationKey",
    "loopDataInputRef",
    "loopDataOutputRef",
    "inputDataItem",
    "outputDataItem",
):
    INSTEAD[_tag] = _FACTS
