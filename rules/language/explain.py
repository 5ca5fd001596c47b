"""A verdict in sentences: what decided it, with clause, quote and facts, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from rules.assessment import Assessment
from rules.language import core as c
from rules.language.answer import Outcome
from rules.language.decisive import branches, pruned, quoted
from rules.language.evaluate import evaluate
from rules.language.flip import flips
from rules.language.phrase import phrase
from rules.language.plan import Plan
from rules.language.program import Rule
from rules.language.run import Run
from rules.language.trace import rerun
from rules.law import Law
from rules.verdict import ENGLISH, Citation, Verdict

MOST_FLIPS = 3


def sentences(law: Law, answer: Assessment, lang: str = "zh") -> str:
    """Render an assessment under a law by fixed templates, in Chinese or English."""
    law = law.home_of(answer.rule)
    again = rerun(law, answer)
    if again is None:
        return _say(
            lang, f"结论：不适用。规则“{answer.rule}”{answer.note}。", "Not in force on that day."
        )
    plan, run, outcome = again
    teller = _Teller(law, answer, plan, run, outcome, lang)
    return "\n".join(dict.fromkeys(teller.lines()))


def _say(lang: str, chinese: str, english: str) -> str:
    return english if lang == "en" else chinese


class _Teller:
    """Tells the decisive branch, from the base rule down to the exception that stands."""

    def __init__(
        self, law: Law, answer: Assessment, plan: Plan, run: Run, outcome: Outcome, lang: str
    ) -> None:
        self.law = law
        self.answer, self.plan, self.run, self.outcome, self.lang = answer, plan, run, outcome, lang
        self.colon = _say(lang, "：", ": ")
        self.keys = branches(plan, outcome.decision, outcome.conditions)

    def lines(self) -> Iterator[str]:
        """Yield the sentences in the order an officer asks: what, why, what is missing, what if."""
        yield self._headline()
        for key in self.keys:
            yield from self._branch(key)
        yield from self._duty()
        if self.answer.missing:
            yield self.say("还缺：", "Missing: ") + "、".join(self.answer.missing)
        for path, verdict in flips(self.law, self.answer)[:MOST_FLIPS]:
            yield self.say(f"若{path}，结论为{verdict}。", f"If {path}: {verdict}.")
        yield from self._readings()
        if any(_counts_working_days(node) for node in self._told()):
            yield self.say("日历：", "Calendar: ") + self.law.calendar.version

    def say(self, chinese: str, english: str) -> str:
        """Choose the language."""
        return _say(self.lang, chinese, english)

    def _headline(self) -> str:
        answer = self.answer
        detail = answer.discretion or answer.deemed or (answer.advice or "")
        shown = f"{answer.verdict.value}：{detail}" if detail else answer.verdict.value
        known = self.law.known_at
        if self.lang == "en":
            as_of = f", as known on {known}" if known else ""
            english = ENGLISH[answer.verdict]
            return f"Verdict on “{answer.rule}” ({answer.on}{as_of}): {english} ({shown})."
        message = f"{answer.message}。" if answer.message else ""
        as_of = f"，以 {known} 已收录的文本为准" if known else ""
        return f"结论：{shown}。{message}规则“{answer.rule}”，适用日期 {answer.on}{as_of}。"

    # ------------------------------------------------------------ one branch
    def _branch(self, key: int) -> Iterator[str]:
        member, node = self.plan.members[key], self.plan.conditions[key]
        value = self.outcome.conditions[key]
        if member.kind == "exception":
            name = self.say(f"例外“{member.name}”", f"Exception “{member.name}” ")
        elif key:
            name = self.say(f"第 {key} 行", f"Row {key} ")
        else:
            name = self.say("适用条件", "Condition ")
        if node is not None:
            yield f"{name}{self._word(value)}{self.colon}{self._with_values(node)}"
        elif key:
            yield f"{name}{self._word(value)}"
        yield from self._words_of_the_law(member, node)

    def _duty(self) -> Iterator[str]:
        decision = self.outcome.decision
        open_duty = self.answer.verdict is Verdict.UNDETERMINED and not decision.undecided
        index = decision.conclusion if decision.conclusion >= 0 else 0 if open_duty else -1
        if index >= len(self.plan.conclusions) or index < 0:
            return
        node, value = self.plan.conclusions[index], self.outcome.values[index]
        if node is not None:
            label = self.say("要求", "Duty ")
            yield f"{label}{self._word(value)}{self.colon}{self._with_values(node)}"

    def _words_of_the_law(self, member: Rule, node: c.Core | None) -> Iterator[str]:
        """Yield the citations of a rule; of its list only the items that decided."""
        behind = set() if node is None else set(quoted(node, self.run))
        listed = {quote for part in c.walk(node) for quote in getattr(part, "quotes", ())}
        for citation in member.citations:
            if citation.quote not in listed - behind:
                yield self._cited(citation)

    def _cited(self, citation: Citation) -> str:
        return f"{self.say('依据', 'Under ')}{citation}"

    def _with_values(self, node: c.Core) -> str:
        """Return what mattered of a condition, with the facts, numbers and last days behind it."""
        kept = pruned(node, self.run)
        text = phrase(kept)
        read = self._facts(kept, text) | self._numbers(kept) | self._last_days(kept)
        values = "，".join(f"{name} = {value}" for name, value in read.items())
        return text + (f"（{values}）" if values else "")

    def _facts(self, node: c.Core, text: str) -> dict[str, str]:
        """Return the known facts whose value the sentence does not say by itself."""
        names = self.law.program.names
        found = {}
        for fact in c.facts_in(node):
            value = evaluate(fact, self.run)
            shown = names.shown(value, fact.type)
            said = phrase(fact) in text and f"非 {phrase(fact)}" not in text
            plain = f"{fact.path} 为 {shown}" in text or (value is True and said)
            if value is not None and not plain:
                found[fact.path] = shown
        return found

    def _numbers(self, node: c.Core) -> dict[str, str]:
        names = self.law.program.names
        parameters = [part for part in c.walk(node) if isinstance(part, c.Param)]
        return {phrase(p): names.shown(evaluate(p, self.run), p.type) for p in parameters}

    def _last_days(self, node: c.Core) -> dict[str, str]:
        clocks = [p for p in c.walk(node) if isinstance(p, c.Compare) and p.clock and p.op == "<="]
        days = [evaluate(clock.right, self.run) for clock in clocks]
        return {self.say("最迟", "latest"): str(day) for day in days if day is not None}

    def _readings(self) -> Iterator[str]:
        label = self.say("所据解释：", "Reading: ")
        for key in self.keys:
            for reading in self.plan.members[key].interpretations:
                yield f"{label}{reading.text}（{reading.signer}，{reading.signed_on}）"

    def _told(self) -> Iterator[c.Core]:
        for key in self.keys:
            yield from c.walk(self.plan.conditions[key])
        index = max(self.outcome.decision.conclusion, 0)
        for node in self.plan.conclusions[index : index + 1]:
            yield from c.walk(node)

    def _word(self, value: bool | None) -> str:
        chinese = {True: "成立", False: "不成立", None: "待查"}[value]
        return self.say(chinese, {True: "holds", False: "does not hold", None: "is open"}[value])


def _counts_working_days(node: c.Core) -> bool:
    return isinstance(node, c.Shift | c.QuarterDay) and node.working
