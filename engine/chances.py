"""What people may say to a draw, and when: the docket decides, a form only asks.

A form's check runs before anything is recorded; what is recorded afterwards cannot fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import clock
from engine.case import Case
from engine.commands import CompleteTask
from engine.draw import beacon, dimensions, records, reveals, rounds
from engine.draw.docket import Docket
from engine.draw.manifest import SEALED_PARTIES
from engine.draw.refusals import (
    BeaconProblem,
    DrawRefusal,
    Redraw,
    SealBroken,
    StrategyNotByInitiator,
)
from engine.draw.reveals import Reveal
from engine.errors import BeaconMismatch, FormInvalid
from engine.events import Fields
from engine.version import Version
from rules.errors import PackProblems

AGREED, MISTYPED = "一致", "首录有误"
ON_SITE = ("dice", "balls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A form about a draw as it is handed in: for whom, when, on what case."""

    case: Case
    command: CompleteTask
    now: datetime
    version: Version

    @property
    def data(self) -> Fields:
        return self.command.data

    @property
    def at(self) -> str:
        return clock.text(self.now)

    @property
    def docket(self) -> Docket:
        return docket_of(self.case, self.version)

    @property
    def known(self) -> Fields:
        """Return the case's facts as they will be: what the form leaves out now is taken back."""
        form = self.version.form_of(self.command.element)
        asked = form.schema.get("properties", {}) if form else {}
        before = {name: value for name, value in self.case.fields.items() if name not in asked}
        return {**before, **self.data}


def docket_of(case: Case, version: Version) -> Docket:
    """Return the manifests of a task as its case keeps them; none before the first.

    A replacement is a case of its own and carries the docket of its task on."""
    task = str(case.fields.get("draw_task") or case.number)
    return Docket.read(task, case.fields.get("docket", ()), version.fetch)


def is_sealed(case: Case) -> bool:
    """Return whether the draw of a task is sealed and its last visit has not ended (A-37)."""
    return case.fields.get("draw_mode") == "sealed" and "seal_opened_on" not in case.fields


def is_agreed(data: Fields) -> bool:
    """Return whether a second entry confirms the first; one that calls it mistyped does not."""
    return data.get("beacon_decision") != MISTYPED


# ---------------------------------------------------------------- what a form may say


def strategy(asked: Asked) -> None:
    """Refuse a strategy whose chance could be guessed, bent, or is out of order in time."""
    said, surprise = asked.data, bool(asked.case.fields.get("surprise"))
    parties = said.get("reveal_parties") or ()
    if surprise:
        _sealable(said)
    if said.get("draw_campaign"):
        _sharable(asked)
    known = asked.known
    try:
        closes = rounds.reveal_by(known)
        if parties and closes is None:
            raise FormInvalid((("公开承诺值的日期", "有承诺方的，须写明公开的最后期限"),))
        starts = max(filter(None, (closes, rounds.cutoff(known, at=asked.now))))
        named = rounds.of_strategy(known, meeting=asked.case.number, not_before=starts)
        beacon.check(named, demo_database=True)  # whether it is one, the freeze will show
    except DrawRefusal as problem:
        raise FormInvalid((("随机源", str(problem)),)) from problem
    _scope(str(said.get("subject_filter", "")).strip(), asked)
    try:
        dimensions.choices(known)
    except DrawRefusal as problem:
        raise FormInvalid((("另外随机确定的方面", str(problem)),)) from problem
    if closes is not None and closes < rounds.cutoff(known, at=asked.now):
        raise FormInvalid((("公开承诺值的日期", "须在清单公布、异议期届满以后"),))


def _scope(condition: str, asked: Asked) -> None:
    """Refuse a range of subjects that is no condition about them, and say where it goes wrong."""
    if not condition:
        return
    try:
        asked.case.law(asked.version).condition(condition)
    except PackProblems as problems:
        told = "；".join(problem.message for problem in problems.problems)
        raise FormInvalid((("对象范围", told),)) from problems


def _sealable(said: Fields) -> None:
    """Refuse a surprise whose secret one or two people could make up, or that others share."""
    if len(set(said.get("seal_parties") or ())) < SEALED_PARTIES:
        what = f"突击检查须由 {SEALED_PARTIES} 方（发起部门、司法局、公证处）各自封存密值"
        raise FormInvalid((("封存密值的各方", what),))
    for field, title in (("reveal_parties", "承诺方"), ("draw_campaign", "联合抽取名称")):
        if said.get(field):
            raise FormInvalid(((title, "突击检查以封存的密值代替，此项不填"),))


def _sharable(asked: Asked) -> None:
    """Refuse a campaign that does not name its own task, or whose key others could not compute."""
    tasks = asked.data.get("draw_campaign_tasks") or ()
    if asked.case.number not in tasks or len(set(tasks)) == 1:
        what = f"须列出包括本任务（{asked.case.number}）在内的全部联合任务"
        raise FormInvalid((("联合抽取的任务编号", what),))
    if asked.data.get("reveal_parties"):
        raise FormInvalid((("承诺方", "联合抽取共用一个密钥，不另设承诺方"),))
    starts = rounds.starts(asked.data)
    if starts is None or starts <= rounds.cutoff(asked.data, at=asked.now):
        what = "联合抽取须约定各任务相同的摇号日期，并在清单截止以后：到时没有登记清单的不再等待"
        raise FormInvalid((("摇号或开奖日期", what),))


def value(asked: Asked) -> None:
    """Refuse a value that is not of the round that counts now: wrong moment, count or numbers.

    A round of which a value was entered has taken place: it is corrected, never called fallen."""
    manifest = asked.docket.await_value(at=asked.at)
    stalled = tuple(asked.data.get("beacon_stalled") or ())
    wrong = asked.case.fields.get("beacon_mistyped")
    if wrong and len(stalled) != wrong["round"]:
        raise Redraw(
            seq=manifest.seq,
            state="随机值更正中",
            state_en="being corrected",
            step="改用另一轮随机源",
            step_en="another round",
            why="该轮的值已经录入过，只能更正同一轮的值",
            why_en="a value of the round was entered; only that round is corrected",
        )
    this = records.due_round(manifest, at=asked.at, stalled=stalled)
    _parsed(this, asked.data["beacon_value"])
    if this.source in ON_SITE and not asked.data.get("beacon_witnesses"):
        raise FormInvalid((("见证人", "现场摇号须写明在场的见证人"),))


def value_again(asked: Asked) -> None:
    """Refuse a second entry that is not the same value, unless it says the first was mistyped."""
    fields = asked.case.fields
    manifest = asked.docket.await_value(at=asked.at)
    stalled = tuple(fields.get("beacon_stalled") or ())
    this = records.due_round(manifest, at=asked.at, stalled=stalled)
    first = _parsed(this, fields["beacon_value"])
    second = _parsed(this, asked.data["beacon_value_again"])
    if not is_agreed(asked.data):
        if first == second:
            raise FormInvalid((("复核结论", "两次录入一致，没有需要更正的"),))
        return
    if first != second:
        raise BeaconMismatch(
            first="；".join(first), second="；".join(second), place=_first_difference(first, second)
        )
    if stalled and not asked.data.get("beacon_stalled_confirmed"):
        raise FormInvalid((("确认原定随机源未能举行", "改用后备随机源须由两人确认"),))


def _first_difference(first: Sequence[str], second: Sequence[str]) -> int:
    """Return which number, counted from one, is the first that two entries do not share."""
    pairs = zip(_numbers(first), _numbers(second), strict=False)
    return next((at for at, (one, other) in enumerate(pairs, start=1) if one != other), 1)


def _numbers(values: Sequence[str]) -> list[str]:
    """Return the single numbers of canonical values: throws are digits, balls have commas."""
    texts = [value.partition("=")[2] for value in values]
    return [each for text in texts for each in (re.split("[,+]", text) if "," in text else text)]


def reveal(asked: Asked) -> None:
    """Refuse a value that does not fit its party's promise, or comes after the deadline."""
    live = asked.docket.live
    assert live is not None
    assert live.manifest is not None
    given = Reveal(
        party=asked.command.key,
        salt=asked.data["reveal_salt"],
        value=asked.data["reveal_value"],
    )
    try:
        reveals.accept(live.manifest, given, at=asked.at)
    except SealBroken as broken:
        raise FormInvalid((("承诺值", "与承诺摘要不符，请核对承诺时保存的盐和值"),)) from broken


def withdrawal(asked: Asked) -> None:
    """Refuse to withdraw a manifest past its cut-off, also where its clock has not rung yet."""
    asked.docket.supersede(at=asked.at)


def replacement(asked: Asked) -> None:
    """Refuse a replacement of nothing, or by a department that did not draw; the latter is kept."""
    case = asked.case
    if case.parent is None or "draw" not in case.fields:
        raise FormInvalid((("替补什么", "须在已经抽取的任务之下申请，立案时写明任务编号"),))
    initiator = str(case.fields["draw_department"])
    if initiator not in case.parties.get("lead", ()):
        asking = "、".join(case.parties.get("lead", ()))
        raise StrategyNotByInitiator(initiator=initiator, department=asking)
    if case.fields.get("surprise") and case.fields.get("surprise_approved"):
        _still_hidden(asked)
    said = asked.known
    try:
        soonest = rounds.cutoff({}, at=asked.now)
        named = rounds.of_strategy(said, meeting=case.number, not_before=soonest)
        beacon.check(named, demo_database=True)
    except DrawRefusal as problem:
        raise FormInvalid((("随机源", str(problem)),)) from problem


def _still_hidden(asked: Asked) -> None:
    """Refuse a surprise's replacement without new secrets, or after its last visit."""
    if "seal_opened_on" in asked.case.fields:
        what = "突击检查的最后一次检查已经结束，名单已启封公布；没有可以补上的检查，差额照实记录"
        raise FormInvalid((("替补什么", what),))
    _sealable(asked.data)


def _parsed(this: beacon.Round, written: object) -> tuple[str, ...]:
    try:
        return beacon.parse(this, str(written))
    except BeaconProblem as problem:
        raise FormInvalid((("随机值", str(problem)),)) from problem


CHECKS: Mapping[str, Callable[[Asked], None]] = {
    "draw.strategy": strategy,
    "draw.value": value,
    "draw.value-again": value_again,
    "draw.reveal": reveal,
    "draw.withdraw": withdrawal,
    "draw.replacement": replacement,
}
