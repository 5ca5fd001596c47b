"""规则: facts stated in the words of the common vocabulary, asked of the law in force."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_bdd import given, step, then

from rules.assessment import Assessment
from rules.language.explain import sentences
from tests.steps import words
from tests.steps.desk import Desk
from tests.steps.phrases import phrase

UNKNOWN = {"", "不明"}


@dataclass(slots=True)
class Question:
    """What is known, and what the law answered last."""

    record: dict[str, Any] = field(default_factory=dict)
    answer: Assessment | None = None

    @property
    def answered(self) -> Assessment:
        assert self.answer is not None, "还没有问规则"
        return self.answer


@pytest.fixture
def question() -> Question:
    return Question()


@given("事实：")
def facts(desk: Desk, question: Question, datatable: words.Table) -> None:
    for term, text in datatable:
        state(desk, question, term, text)


@step(phrase("事实「{term}」为{text}"))
def state(desk: Desk, question: Question, term: str, text: str) -> None:
    """State a fact in its Chinese name; an empty text leaves it unknown."""
    declared = desk.law.program.names.terms[term]
    assert declared.key is not None, f"「{term}」没有来源"
    question.record.pop(declared.key, None)
    if text not in UNKNOWN:
        question.record[declared.key] = words.YES_NO.get(text, text)


@given(phrase("其他{kind}情形都不成立"))
def none_of(desk: Desk, question: Question, kind: str) -> None:
    """State every ground of a list as false; what follows may say otherwise of one."""
    listed = re.compile({"追责": r"case\.l\d\d", "免责": r"case\.e\d_"}[kind])
    for term, declared in desk.law.program.names.terms.items():
        if listed.match(declared.key or "") and declared.key not in question.record:
            state(desk, question, term, "否")


@step(phrase("问规则「{rule}」"))
def ask(desk: Desk, question: Question, rule: str) -> None:
    law = desk.law
    question.answer = law.assess(
        rule, law.facts(question.record), on=desk.office.today, now=desk.office.hand.moment
    )


@step(phrase("以{day:day}的法律问规则「{rule}」"))
def ask_of_a_day(desk: Desk, question: Question, day: str, rule: str) -> None:
    law = desk.law
    question.answer = law.assess(rule, law.facts(question.record), on=words.day(day))


@then(phrase("结论为{verdict}"))
def verdict(desk: Desk, question: Question, verdict: str) -> None:
    answer = question.answered
    assert answer.verdict.value == verdict, sentences(desk.law, answer)


@then(phrase("依据是「{quote:any}」"))
def cites(question: Question, quote: str) -> None:
    quotes = [cite.quote or "" for cite in question.answered.citations]
    assert any(quote in found for found in quotes), quotes


@then(phrase("提示「{message:any}」"))
def message(question: Question, message: str) -> None:
    assert message in (question.answered.message or ""), question.answered.message


@then(phrase("裁量为「{discretion}」"))
def discretion(question: Question, discretion: str) -> None:
    assert question.answered.discretion == discretion


@then(phrase("认定「{term}」"))
def deemed(question: Question, term: str) -> None:
    assert question.answered.deemed == term


@then(phrase("还缺少事实「{term}」"))
def lacking(question: Question, term: str) -> None:
    assert term in question.answered.missing, question.answered.missing
