"""The words for what is wrong with flows, gateways and loops, and for what a trial finds."""

from __future__ import annotations

from engine.process.wording import Wording

STRUCTURE = {
    "start-missing": Wording(
        "「{label}」缺少开始事件", "“{label}” has no start event", "请加一个", "add one"
    ),
    "start-many": Wording(
        "「{label}」有 {found} 个开始事件",
        "“{label}” has {found} start events",
        "只留一个，其后用网关分支",
        "keep one and branch after it",
    ),
    "end-missing": Wording(
        "「{label}」缺少结束事件", "“{label}” has no end event", "请加一个", "add one"
    ),
    "unreachable": Wording(
        "从开始事件到不了「{label}」",
        "“{label}” cannot be reached from the start",
        "{nearest}",
        "{nearest_en}",
    ),
    "dead-end": Wording(
        "「{label}」到不了结束事件",
        "no end can be reached from “{label}”",
        "请画出后续连线，或连到结束事件",
        "draw the flow onwards, or to an end event",
    ),
    "flow-dangling": Wording(
        "连线「{label}」的起点「{source}」或终点「{target}」不在本层流程内",
        "the flow “{label}” runs from “{source}” to “{target}”, one of which is not on this level",
        "连线不能跨越子流程的边界；请重新连接",
        "a flow cannot cross the border of a sub-process; connect it again",
    ),
    "flow-wrong-end": Wording(
        "连线「{label}」进入开始或边界事件，或者离开结束事件",
        "the flow “{label}” enters a start or boundary event, or leaves an end event",
        "请改变连线的方向",
        "turn the flow round",
    ),
    "flow-duplicate": Wording(
        "「{source}」与「{target}」之间有两条连线",
        "two flows connect “{source}” and “{target}”",
        "请删除一条；条件可用「或」合并",
        "delete one; join the conditions by “or”",
    ),
    "flow-many-out": Wording(
        "「{label}」有 {found} 条流出线，请用网关分支",
        "{found} flows leave “{label}”; branch with a gateway",
        "在其后插入排他或并行网关",
        "insert an exclusive or parallel gateway after it",
    ),
    "flow-condition-ignored": Wording(
        "连线「{label}」上的条件不会被判断",
        "the condition on the flow “{label}” is never evaluated",
        "只有排他网关、包容网关的非默认分支才判断条件；请插入排他网关",
        "only non-default flows of exclusive and inclusive gateways are; insert a gateway",
    ),
    "gateway-no-default": Wording(
        "网关「{label}」缺少默认分支",
        "the gateway “{label}” has no default flow",
        "请选定一条流出线为默认分支：其他条件都不成立时走它",
        "choose the flow that is taken when no other condition holds",
    ),
    "gateway-no-condition": Wording(
        "网关「{gateway}」的分支「{label}」缺少条件",
        "the flow “{label}” of the gateway “{gateway}” has no condition",
        "非默认分支都要写条件",
        "every flow but the default needs one",
    ),
    "event-gateway": Wording(
        "事件网关「{label}」之后应是两个以上的定时、消息或信号捕获事件，且各只有一条流入线",
        "the event gateway “{label}” must lead to two or more catch events with one incoming flow",
        "请改正其后的元素",
        "correct what follows it",
    ),
    "boundary-dangling": Wording(
        "边界事件「{label}」未附着于任务或子流程",
        "the boundary event “{label}” is attached to no activity",
        "请把它拖到任务的边上",
        "drag it to the border of a task",
    ),
    "error-uncaught": Wording(
        "「{label}」抛出的「{name}」没有边界事件接住",
        "nothing catches what “{label}” throws (“{name}”)",
        "请在外层子流程的边上加一个同编码的边界事件",
        "put a boundary event with the same code on the enclosing sub-process",
    ),
    "signal-unpaired": Wording(
        "信号「{name}」在本流程内只有一端：「{label}」",
        "the signal “{name}” has only one end in this process: “{label}”",
        "信号只在一件案件之内传递；抛出与捕获都要画出",
        "signals stay within a case; draw both the throw and the catch",
    ),
    "and-series": Wording(
        "到「{label}」为止串联的并行分支相乘达 {found}，任务数将成倍增长",
        "parallel branches in series multiply to {found} at “{label}”",
        "乘积不得超过 {limit}；请改用小型多实例或子流程",
        "the product may not pass {limit}; use a small multi-instance or a sub-process",
    ),
    "loop-no-gateway": Wording(
        "经过「{label}」的回路没有排他网关",
        "the loop through “{label}” has no exclusive gateway",
        "请用排他网关决定返回还是继续",
        "let an exclusive gateway decide whether to go back",
    ),
    "loop-automatic": Wording(
        "经过「{label}」的回路中没有人工任务或等待",
        "nobody acts in the loop through “{label}”",
        "请在回路中安排人工任务、定时或消息",
        "put a person's task, a timer or a message into it",
    ),
    "chain-too-long": Wording(
        "「{label}」一层内有 {found} 个节点",
        "“{label}” has {found} nodes on one level",
        "一层至多 {limit} 个；请拆成子流程",
        "at most {limit}; split it into sub-processes",
    ),
    "call-cycle": Wording(
        "「{label}」调用的「{name}」又调用回来",
        "“{label}” calls “{name}”, which calls back",
        "流程不得直接或间接调用自己",
        "a process may not call itself",
    ),
}

SOUNDNESS = {
    "deadlock": Wording(
        "流程可能停在「{label}」之前，再也走不动",
        "the process may stop before “{label}” for ever",
        "并行合并会等齐每一条流入线；请检查是否有一条走不到（排他分支请用排他网关合并）",
        "a parallel join waits for every flow; join exclusive branches by an exclusive gateway",
    ),
    "token-twice": Wording(
        "「{label}」可能同时办理两次",
        "“{label}” may be reached twice at the same time",
        "并行分支应先用并行网关合并，再继续",
        "join parallel branches by a parallel gateway before going on",
    ),
    "trial-timeout": Wording(
        "试运行超时",
        "the trial ran out of time",
        "最后到达的元素：{label}",
        "the last element reached: {label}",
    ),
    "trial-memory": Wording(
        "试运行超出内存上限",
        "the trial ran out of memory",
        "最后到达的元素：{label}",
        "the last element reached: {label}",
    ),
    "trial-runaway": Wording(
        "试运行步数或任务数超限",
        "the trial took too many steps or tasks",
        "最后到达的元素：{label}",
        "the last element reached: {label}",
    ),
    "trial-failed": Wording(
        "试运行失败：流程无法启动",
        "the trial failed: the process cannot start",
        "最后到达的元素：{label}",
        "the last element reached: {label}",
    ),
}
