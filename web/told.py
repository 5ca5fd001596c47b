"""The events of a case in words: what happened, who did it, which rule said what and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from engine.commands import SYSTEM
from engine.events import Event
from engine.history import Record
from engine.version import Version
from web.language import gettext as _
from web.named import named
from web.shown import day, department, instant, last_day_of
from web.words import Words

VERDICT_TONE: Mapping[str, str] = {
    "合规": "good",
    "免除": "good",
    "违反": "bad",
    "冲突": "bad",
    "偏离": "warn",
    "待查": "warn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event for the eye; `follows` marks what the program derived from the input before it."""

    seq: int
    at: datetime
    kind: str
    label: str
    who: str
    element: str | None
    follows: bool
    lines: tuple[tuple[str, str], ...] = ()
    quotes: tuple[str, ...] = ()
    tone: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """What is needed to name things: the version the case runs on, and its words."""

    version: Version
    words: Words
    where: str

    def tell(self, record: Record) -> Told:
        event = cast("Any", record.event)
        element = getattr(event, "element", None) or None
        say = _LABELS.get(record.kind)
        return Told(
            seq=record.seq,
            at=record.at,
            kind=record.kind,
            label=say(self, event) if say else record.kind,
            who=self.name(record.actor) if record.role == "input" else "",
            element=element,
            follows=record.role != "input",
            lines=self._lines(record.event),
            quotes=tuple(getattr(event, "citations", ())),
            tone=_tone(event),
            note=str(getattr(event, "message", None) or ""),
        )

    def name(self, person: str) -> str:
        return _("系统") if person == SYSTEM else self.words.person(person)

    def task(self, element: str) -> str:
        return self.version.definition.label(element)

    def _lines(self, event: Event) -> tuple[tuple[str, str], ...]:
        """Return what was entered or found, question by question."""
        held: dict[str, Any] = {}
        for name in ("fields", "data", "result"):
            held.update(getattr(event, name, None) or {})
        element = getattr(event, "element", "") or ""
        known = self.version.definition.nodes
        form = self.version.form_of(element) if element in known else None
        asked = (
            {name: each["title"] for name, each in form.schema["properties"].items()}
            if form
            else {}
        )
        return tuple(
            (
                _(asked[name]) if name in asked else self.words.title(name),
                self.words.value(name, value),
            )
            for name, value in held.items()
            if self.words.is_plain(name, value)
        )


def _tone(event: Any) -> str:
    if event.kind == "rule-assessed":
        return VERDICT_TONE.get(event.verdict, "")
    return {"deadline-missed": "bad", "attempt-refused": "bad", "facts-missing": "warn"}.get(
        event.kind, ""
    )


def _deadline(teller: Teller, event: Any) -> str:
    task = teller.task(event.element)
    if event.due_at is None:
        return _(
            "期限「%(task)s」暂不能确定：缺少 %(missing)s（暂按 %(day)s）",
            task=task,
            missing=event.missing or "",
            day=event.provisional or "—",
        )
    if event.rule.startswith("case."):  # an instant the case fixed itself, not a legal day
        return _("期限「%(task)s」：%(at)s", task=task, at=instant(event.due_at))
    return _("期限「%(task)s」：%(day)s（含当日）", task=task, day=day(last_day_of(event.due_at)))


def _assessed(_teller: Teller, event: Any) -> str:
    missing = "、".join(event.missing)
    said = _("规则「%(rule)s」：%(verdict)s", rule=event.rule, verdict=event.verdict)
    return f"{said}（{_('缺少')} {missing}）" if missing else said


def _answered(teller: Teller, event: Any) -> str:
    return _(
        "%(department)s办理「%(task)s」",
        department=department(event.key, teller.where),
        task=teller.task(event.element),
    )


def _offered(teller: Teller, event: Any) -> str:
    said = _("「%(task)s」待%(role)s办理", task=event.name, role=event.lane)
    name = department(event.key, teller.where)
    return f"{said}（{name}）" if event.key and name != event.key else said


def _silent(teller: Teller, event: Any) -> str:
    names = "、".join(department(code, teller.where) for code in event.departments)
    return _("未在期限内答复，记录在案：%(names)s", names=names)


def _replaced(teller: Teller, event: Any) -> str:
    if not event.successor:
        return _(
            "%(leaver)s离岗，任务退回待办（%(reason)s）",
            leaver=teller.name(event.leaver),
            reason=event.reason,
        )
    return _(
        "%(leaver)s离岗，由%(successor)s接替（%(reason)s）",
        leaver=teller.name(event.leaver),
        successor=teller.name(event.successor),
        reason=event.reason,
    )


def _closed(_teller: Teller, _event: Any) -> str:
    return _("案件办结")


def _on_task(words: str) -> Callable[[Teller, Any], str]:
    return lambda teller, event: _(words, task=teller.task(event.element))


_LABELS: Mapping[str, Callable[[Teller, Any], str]] = {
    "case-opened": lambda _t, event: _("立案：%(title)s", title=event.title),
    "task-claimed": _on_task("领取「%(task)s」"),
    "task-released": _on_task("将「%(task)s」退回待办"),
    "task-transferred": lambda t, e: _(
        "将「%(task)s」转给%(to)s", task=t.task(e.element), to=t.name(e.to)
    ),
    "task-answered": _answered,
    "task-completed": _on_task("办理「%(task)s」"),
    "beacon-recorded": _on_task("记录随机值「%(task)s」"),
    "work-handed-over": lambda t, e: _(
        "%(former)s的工作由%(successor)s承接（%(basis)s）",
        former=department(e.former, t.where),
        successor=department(e.successor, t.where),
        basis=e.basis,
    ),
    "person-replaced": _replaced,
    "facts-supplied": _on_task("补充事实「%(task)s」"),
    "timer-fired": lambda t, e: _(
        "期限届满「%(task)s」（%(at)s）", task=t.task(e.element), at=instant(e.due_at)
    ),
    "deadline-recomputed": lambda _t, e: _(
        "按新发布的日历 %(after)s 重算期限", after=e.calendar_after
    ),
    "frame-frozen": _on_task("冻结抽样框「%(task)s」"),
    "service-settled": _on_task("完成计算「%(task)s」"),
    "message-received": lambda _t, e: _("收到消息：%(name)s", name=e.name),
    "comment-added": lambda _t, e: _("批注：%(text)s", text=e.text),
    "attempt-refused": lambda _t, e: _("违规尝试，已拒绝并记录：%(why)s", why=named(e.sentence)),
    "task-offered": _offered,
    "task-withdrawn": _on_task("「%(task)s」不再待办"),
    "silence-recorded": _silent,
    "answers-closed": _on_task("「%(task)s」各部门均已答复"),
    "rule-assessed": _assessed,
    "service-completed": _on_task("系统办理「%(task)s」"),
    "work-requested": _on_task("开始计算「%(task)s」"),
    "facts-missing": lambda t, e: _(
        "「%(task)s」待查，缺少：%(missing)s",
        task=t.task(e.element),
        missing="、".join(e.missing),
    ),
    "deadline-set": _deadline,
    "deadline-missed": _on_task("逾期「%(task)s」"),
    "case-closed": _closed,
}
