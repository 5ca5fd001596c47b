"""The words for what is wrong with a file, a name, or a single element."""

from __future__ import annotations

from engine.process.wording import Wording

READING = {
    "xml-syntax": Wording(
        "文件不是完整的 XML",
        "not well-formed XML",
        "解析在第 {column} 列停下；请用编辑器重新导出",
        "parsing stopped at column {column}; export it again from the editor",
    ),
    "xml-doctype": Wording(
        "不允许 DOCTYPE",
        "DOCTYPE is not allowed",
        "请用编辑器重新导出",
        "export it again from the editor",
    ),
    "xml-instruction": Wording(
        "不允许 XML 处理指令「{name}」",
        "the processing instruction “{name}” is not allowed",
        "请删除以 <? 开头的这一段",
        "delete the part that begins with <?",
    ),
    "xml-encoding": Wording(
        "编码「{encoding}」不受支持",
        "the encoding “{encoding}” is not supported",
        "请存为 UTF-8",
        "save the file as UTF-8",
    ),
    "not-bpmn": Wording(
        "这不是 BPMN 2.0 流程图，最外层是「{found}」",
        "this is not a BPMN 2.0 diagram; its root is “{found}”",
        "请上传由流程编辑器导出的 .bpmn 文件",
        "upload a .bpmn file exported by the editor",
    ),
    "too-large": Wording(
        "「{label}」超过上限",
        "“{label}” is over a limit",
        "上限 {limit}，实际 {found}",
        "limit {limit}, found {found}",
    ),
    "too-many-problems": Wording(
        "另有 {count} 处问题未列出",
        "{count} more problems are not listed",
        "改正以上问题后再检查",
        "correct these and check again",
    ),
    "schema": Wording(
        "不符合 BPMN 2.0 的书写格式：「{label}」的位置、属性或内容不合规范",
        "breaks the BPMN 2.0 schema: place, attribute or content of “{label}”",
        "请用流程编辑器打开并重新导出",
        "open it in the editor and export it again",
    ),
    "internal": Wording(
        "检查时出现内部错误，已记录",
        "an internal error occurred and was recorded",
        "请把编号 {incident} 告诉系统管理员",
        "tell the administrator the number {incident}",
    ),
}

NAMES = {
    "id-duplicate": Wording(
        "编号「{id}」重复",
        "the id “{id}” is used twice",
        "另一处在第 {other} 行",
        "the other one is on line {other}",
    ),
    "id-missing": Wording("{kind}缺少编号", "{kind_en} has no id", "请补上 id", "give it an id"),
    "id-reserved": Wording(
        "编号「{id}」为系统保留",
        "the id “{id}” is reserved",
        "保留的编号：Start、End、Root、*.BoundaryEventSplit、*.BoundaryEventJoin、*.EndJoin",
        "reserved: Start, End, Root, *.BoundaryEventSplit, *.BoundaryEventJoin, *.EndJoin",
    ),
    "label-missing": Wording(
        "「{label}」没有名称",
        "“{label}” has no name",
        "办理人在待办列表里看到的是名称",
        "people see the name in their task list",
        "warning",
    ),
    "lane-missing": Wording(
        "「{label}」不在任何泳道内",
        "“{label}” lies in no lane",
        "泳道就是办理角色：{options}",
        "a lane is the role that acts: {options}",
    ),
    "lane-twice": Wording(
        "「{label}」同时写在泳道「{other}」和「{name}」里",
        "“{label}” is listed in the lanes “{other}” and “{name}”",
        "由谁办理要明确：只留一个泳道；子流程里的元素写在子流程自己的泳道里",
        "say who acts: keep one lane; what lies in a sub-process belongs to its own lanes",
    ),
    "lane-unknown": Wording(
        "泳道「{name}」不是已知角色",
        "the lane “{name}” is not a known role",
        "{nearest}已知角色：{options}",
        "{nearest_en}known roles: {options}",
    ),
    "implementation-missing": Wording(
        "「{label}」未指定{what}",
        "“{label}” names no {what_en}",
        "例如 {example}",
        "for example {example}",
    ),
    "name-unbound": Wording(
        "「{label}」：找不到{what}「{name}」",
        "“{label}”: no such {what_en}: “{name}”",
        "{nearest}可用的名称见绘图页的候选{instead}",
        "{nearest_en}the drawing page offers the names there are{instead_en}",
    ),
    "expression": Wording(
        "条件「{text}」有误：{why}",
        "the condition “{text}” is wrong: {why}",
        "{how}词和写法见规则页，绘图页边写边提示",
        "{how_en}the rules page has the terms, and the drawing page helps while you write",
    ),
    "timer-invalid": Wording(
        "「{label}」的期限「{text}」有误：{why}",
        "the timer “{text}” of “{label}” is wrong: {why_en}",
        "应为 rule:期限规则名，或 ISO 8601：2026-06-30、P7D、R3/P7D",
        "write rule:name, or ISO 8601: 2026-06-30, P7D, R3/P7D",
    ),
    "reference-unknown": Wording(
        "「{label}」引用的{what}「{name}」不存在",
        "“{label}” refers to {what_en} “{name}”, which does not exist",
        "{nearest}请在图中声明它，或改用已声明的",
        "{nearest_en}declare it in the diagram, or use one that is declared",
    ),
    "multi-too-wide": Wording(
        "「{label}」的多实例次数「{text}」须为 1–20 的数字或参与方名称",
        "the cardinality “{text}” of “{label}” must be 1–20 or the name of a party",
        "对象很多时，每个对象另开一件案件",
        "for many objects open one case per object",
    ),
}

ELEMENTS = {
    "element-unsupported": Wording(
        "不支持{what}", "{what_en} is not supported", "{instead}", "{instead_en}"
    ),
    "attribute-unsupported": Wording(
        "「{label}」的属性 {name}=「{value}」不受支持",
        "the attribute {name}=“{value}” of “{label}” is not supported",
        "请删除该属性",
        "remove the attribute",
    ),
    "extension-unknown": Wording(
        "「{label}」带有厂商扩展「{name}」",
        "“{label}” carries the vendor extension “{name}”",
        "请删除；表单、规则、函数写在标准属性 implementation 里",
        "remove it; forms, rules and functions go into the standard attribute implementation",
    ),
    "process-one": Wording(
        "一个文件应当只有一个流程，实际 {found} 个",
        "a file holds exactly one process; this one holds {found}",
        "请拆成多个文件，用调用活动相连",
        "split the file and connect the parts by call activities",
    ),
    "inclusive-gateway": Wording(
        "「{label}」是包容网关，合并时机不易看懂",
        "“{label}” is an inclusive gateway; when it joins is hard to read",
        "能用排他或并行网关时请改用",
        "prefer an exclusive or a parallel gateway",
        "warning",
    ),
    "subprocess-automatic": Wording(
        "「{label}」的内部不停在人工任务，中断事件来不及中断它",
        "“{label}” never stops at a person, so the interrupting event cannot interrupt it",
        "请在子流程内安排人工任务，或去掉中断事件",
        "put a person's task inside, or remove the event",
        "warning",
    ),
}
