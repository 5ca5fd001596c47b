"""A backtest asks what was asked: recorded facts give the recorded verdict, another law another."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.asked import questions
from engine.history import Record, Stored, unseal
from rules.language.diff import backtest
from rules.pack import load
from tests.histories.test_histories import RECORDED, recorded


def opened(stored: tuple[Stored, ...]) -> tuple[Record, ...]:
    return tuple(unseal(*each) for each in stored)


TASKS = [place for place in RECORDED if place.stem.endswith("-inspection_task")]


@pytest.mark.parametrize("place", RECORDED, ids=lambda place: place.stem)
def test_every_recorded_question_is_answered_as_it_was(place: Path) -> None:
    pinned, stored = recorded(place)
    asked = list(questions(opened(stored), pinned, place.stem))
    found = [
        pinned.law.assess(each.rule, pinned.law.facts(each.facts), on=each.on, now=each.now)
        for each, _ in asked
    ]
    assert [answer.verdict.value for answer in found] == [event.verdict for _, event in asked]


@pytest.mark.parametrize("place", TASKS, ids=lambda place: place.stem)
def test_a_law_that_asks_the_opposite_changes_the_recorded_answers(place: Path) -> None:
    pinned, stored = recorded(place)
    old = pinned.law
    files = {
        path: content.decode()
        .replace("应当 策略的分类方式 为 信用风险等级分层", "应当 策略的分类方式 为 不分层")
        .encode()
        for path, content in old.files.items()
    }
    new = load(files, old.jurisdiction)
    asked = [each for each, _ in questions(opened(stored), pinned, place.stem)]
    changed = backtest(old, new, asked).counts
    assert changed == {("信用风险分类抽查", "合规", "违反"): 1}
    assert backtest(old, old, asked).changed == ()
