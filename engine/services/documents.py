"""Documents a case serves or prints: numbered, hashed, and the same bytes whenever made again."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine import history
from engine.bindings import Binding, Outcome, Settling, register
from engine.case import Case
from engine.draw import dimensions
from engine.services import draws, strategy

PRIOR_NOTICE = (
    ("被检查对象", "subject_name"),
    ("统一社会信用代码", "subject_id"),
    ("任务", "task_name"),
    ("检查事项", "items"),
    ("检查期间自", "task_start"),
    ("检查期间至", "task_end"),
    ("检查方式", "inspection_mode"),
)
RESULT_NOTICE = (
    ("被检查对象", "subject_name"),
    ("统一社会信用代码", "subject_id"),
    ("任务", "task_name"),
    ("检查日期", "ended_on"),
    ("检查地点", "place"),
    ("检查事项", "items"),
    ("检查结论", "conclusion"),
    ("说明", "conclusion_text"),
    ("处置", "disposition"),
    ("各部门的处置", "dispositions_told"),
    ("要求", "disposition_note"),
    ("结论日期", "result_formed_on"),
)
DRAW_RECORD = (
    ("任务", "task_name"),
    ("名录总户数", "frame_total"),
    ("可抽户数", "frame_eligible"),
    ("应抽户数", "sample_size"),
    ("实抽户数", "drawn_count"),
    ("小基数", "small_base"),
    ("差额", "shortfall"),
    ("不抽取的理由和依据", "exclusions_told"),
    ("落空的原因", "replacement_cause"),
    ("替补的是", "lost_told"),
    ("抽取清单编号", "manifest_seq"),
    ("抽取清单哈希", "manifest_hash"),
    ("清单截止时间", "cutoff"),
    ("随机源（依次）", "beacon_rounds"),
    ("场次", "beacon_round"),
    ("地点", "beacon_place"),
    ("器具", "beacon_device"),
    ("原定随机源未举行的原因", "beacon_stalled"),
    ("随机值", "beacon_values"),
    ("更正以前的录入", "beacon_mistyped_values"),
    ("更正的原因", "beacon_corrections"),
    ("首次录入", "beacon_entered_by"),
    ("复核录入", "beacon_verified_by"),
    ("见证人", "beacon_witnesses"),
    ("未公开承诺值、视为退出的", "dropped_parties"),
    ("联合抽取", "draw_campaign"),
    ("联合抽取各清单哈希", "campaign_manifests"),
    ("抽签密钥", "draw_key"),
    ("中签结果摘要", "draw_digest"),
    ("检查组数", "team_count"),
    ("另外随机确定的方面", "random_told"),
)
RIGHTS = (
    "检查人员应当出示执法证件；您有权申请与本次检查有直接利害关系或者其他关系的人员回避，"
    "有权陈述、申辩。"
)
SIGNATURES = ("录入人", "复核人", "见证人", "主持人")


Found = Callable[[Settling], str]  # a table of its own below the fields, as HTML


def document(
    kind: str,
    title: str,
    suffix: str,
    lines: Sequence[tuple[str, str]],
    *,
    below: Found | None = None,
    foot: str = "",
) -> Binding:
    """Return the binding that makes one document from the named fields, in that order."""

    def settle(settling: Settling) -> Outcome:
        number = f"{settling.case.number}-{suffix}{settling.case.turns.get(settling.element, 1)}"
        day, fields = settling.today.isoformat(), _named(settling)
        table = below(settling) if below else ""
        content = render(title, number, day, fields, lines, foot, below=table)
        return Outcome(
            result={
                f"{kind}_document_no": number,
                f"{kind}_document": history.address(content),
                f"{kind}_made_on": settling.today.isoformat(),
            },
            artefacts=(content,),
        )

    return Binding(settle=settle)


def draw_record(settling: Settling) -> Outcome:
    """Make the 抽签笔录, and have the evidence of the draw written out for anyone to check.

    Of a surprise inspection nothing is public before its last visit (PJ 12, A-37)."""
    made = DRAW_RECORD_DOCUMENT.settle
    assert made is not None
    outcome = made(replace(settling, case=_with_told(settling)))
    messages = () if strategy.is_surprise(settling) else (draws.evidence_message(settling),)
    return Outcome(result=outcome.result, messages=messages, artefacts=outcome.artefacts)


def _with_told(settling: Settling) -> Case:
    """Return the case with what the minutes say in words: who was left out why, what was drawn."""
    fields = settling.fields
    drawn = json.loads(settling.fetch(fields["draw"]))
    grounds = [
        f"{entry['message']}（{entry['units']}）{''.join(entry['clauses'] or entry['readings'])}"
        for entry in fields.get("exclusion_grounds", ())
    ]
    lost = [f"{entry['unit']}（{entry['stratum']}）" for entry in fields.get("lost", ())]
    told = {
        "exclusions_told": grounds,
        "lost_told": lost,
        "random_told": dimensions.in_words(fields, drawn),
    }
    return replace(settling.case, fields={**fields, **told})


def render(
    title: str,
    number: str,
    day: str,
    fields: Mapping[str, object],
    lines: Sequence[tuple[str, str]],
    foot: str,
    *,
    below: str = "",
) -> bytes:
    """Return the document as a plain HTML page: every field escaped, no script, no style."""
    rows = "".join(
        f"<tr><th>{label}</th><td>{html.escape(_shown(fields[name]))}</td></tr>"
        for label, name in lines
        if fields.get(name) not in (None, "", [])
    )
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{title}</title>'
        f"<h1>{title}</h1><p>{html.escape(number)}　{day}</p><table>{rows}</table>{below}"
        f"<p>{foot}</p></html>"
    ).encode()


def _named(settling: Settling) -> dict[str, object]:
    """Return the fields with the names of the items beside their codes, where the case has them."""
    fields, names = settling.fields, settling.fields.get("item_names", {})
    items = [_item(code, names) for code in fields.get("items", ())]
    return {**fields, **({"items": items} if items else {})}


def _item(code: str, names: Mapping[str, str]) -> str:
    return f"{names[code]}（{code}）" if code in names else code


def findings(settling: Settling) -> str:
    """Return what was found item by item, of a joint visit with the department that found it.

    One notice for all departments: whoever is visited once is told once."""
    fields = settling.fields
    rows = fields.get("item_results", ())
    if not rows:
        return ""
    is_joint = any("department" in row for row in rows)
    heads = (*(("检查部门",) if is_joint else ()), "检查事项", "检查结果", "发现的问题")
    head = "".join(f"<th>{title}</th>" for title in heads)
    body = "".join(f"<tr>{_finding(row, settling, is_joint)}</tr>" for row in rows)
    return f"<h2>逐项结果</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _finding(row: Mapping[str, Any], settling: Settling, is_joint: bool) -> str:
    known = settling.law.organisation.departments
    code = row.get("department", "")
    who = known[code].name if code in known else code
    result = row.get("codes") or [f"未能检查：{_shown(row.get('causes', []))}"]
    cells = (
        *((who,) if is_joint else ()),
        _item(row.get("item") or row["matter"], settling.fields.get("item_names", {})),
        _shown(result),
        row.get("note", ""),
    )
    return "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_shown(item) for item in value)
    return str(value)


DRAW_RECORD_DOCUMENT = document(
    "draw_record",
    "抽签笔录",
    "笔录",
    DRAW_RECORD,
    foot="　　".join(f"{who}：__________" for who in SIGNATURES),
)

register(
    {
        "document.prior_notice": document(
            "prior_notice", "检查前告知书", "告知", PRIOR_NOTICE, foot=RIGHTS
        ),
        "document.result_notice": document(
            "result_notice",
            "检查结果告知书",
            "结果",
            RESULT_NOTICE,
            below=findings,
            foot=RIGHTS,
        ),
        "document.draw_record": Binding(settle=draw_record),
    }
)
