"""The words of a scenario and what the product calls them: departments, processes, form fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from engine.forms import Form

CITIES = {"朝阳区": "chaoyang", "盘锦市": "panjin"}
PREFIX = {"chaoyang": "cy", "panjin": "pj"}

DEPARTMENTS = {
    "市监局": "samr",
    "司法局": "justice",
    "领导小组办公室": "office",
    "商改办": "reform",
    "消防": "fire",
    "卫健局": "health",
    "生态环境局": "ecology",
    "应急局": "emergency",
    "税务局": "tax",
    "上级机关": "superior",
    "纪检监察机关": "discipline",
    "公证处": "notary",
    "行业协会": "association",
}
POSITIONS = {
    "经办人": "handler",
    "负责人": "head",
    "审核人": "reviewer",
    "备案人": "filer",
    "协调人": "coordinator",
    "数据专员": "steward",
    "流程管理员": "process_admin",
    "法制审核人": "legal",
    "审计员": "auditor",
}
PROCESSES = {
    "部门联合抽查计划": "joint_plan",
    "部门年度抽查计划": "annual_plan",
    "临时抽查计划": "ad_hoc_plan",
    "计划调整": "plan_amendment",
    "抽查任务": "inspection_task",
    "检查": "inspection",
    "替补抽取": "replacement_draw",
    "回避申报": "recusal",
    "责令改正": "rectification",
    "立案": "own_case",
    "移送": "transfer",
    "非随机检查": "non_random_inspection",
    "线索": "lead",
    "实施方案": "scheme",
    "抽查细则": "inspection_rules",
    "事项清单": "item_list",
    "人员名录库备案": "inspector_filing",
    "报送已检结果": "result_substitution",
    "委托检查": "delegation",
    "监督核查": "verification",
    "公示": "publication",
    "公示更正": "publication_correction",
    "追责": "accountability",
    "免责": "exemption",
    "通报": "circular",
}
BOARD = {
    "计划": "plan",
    "抽取清单": "manifest",
    "任务": "task",
    "结果": "result",
    "处理决定": "measure",
    "方案": "scheme",
    "细则": "inspection_rules",
    "清单": "item_list",
    "材料": "material",
    "抽查对象为空": "empty_task",
}
RECORD = {
    "可抽户数": "count_frame_eligible",
    "排除户数": "exclusion_lines",
    "理由": "empty_reason",
    "抽查事项": "items",
    "抽查比例": "ratio",
    "检查对象名单": "draw",
    "随机值": "beacon_value",
    "抽取清单校验值": "manifest_hash",
    "名录户数": "frame_total",
    "检查结论": "conclusion",
    "处置方式": "disposition",
    "各部门的处置": "dispositions_told",
    "决定内容": "decision_text",
    "签收人": "notice_recipient",
}
YES_NO = {"是": True, "否": False}

Table = Sequence[Sequence[str]]


def listed(text: str) -> list[str]:
    """Return the parts of a Chinese enumeration; an empty text lists nothing."""
    return [part.strip() for part in text.split("、") if part.strip()]


def day(text: str) -> date:
    return date.fromisoformat(text)


def departments(text: str) -> tuple[str, ...]:
    return tuple(DEPARTMENTS[name] for name in listed(text))


def answers(form: Form, table: Table) -> dict[str, Any]:
    """Return what a table of 表单项目 and 填写 says, under the names that the form gives."""
    by_title = {str(schema["title"]): name for name, schema in form.schema["properties"].items()}
    said: dict[str, Any] = {}
    for title, text in table:
        assert title in by_title, f"表单「{form.schema['title']}」没有「{title}」一项"
        name = by_title[title]
        said[name] = cell(form.schema["properties"][name], text)
    return said


def cell(schema: Mapping[str, Any], text: str) -> Any:
    """Return a cell as the JSON value that its field takes."""
    widget = schema.get("x-widget")
    if widget == "departments":
        return list(departments(text))
    if widget == "department":
        return DEPARTMENTS[text]
    match schema.get("type"):
        case "boolean":
            return YES_NO[text]
        case "integer":
            return int(text)
        case "array" if schema["items"].get("type") == "object":
            return [row(schema["items"], line) for line in text.split("／")]
        case "array":
            return listed(text)
        case _:
            return text


def row(schema: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return one row of a list of rows, written as 标题=内容；标题=内容."""
    by_title = {item["title"]: name for name, item in schema["properties"].items()}
    said: dict[str, Any] = {}
    for part in text.split("；"):
        title, _, value = part.partition("=")
        name = by_title[title.strip()]
        said[name] = cell(schema["properties"][name], value.strip())
    return said
