"""Assessing rules: plans cached per law date, the fast path compiled, unknowns explained."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, datetime

from rules.assessment import Assessment
from rules.calendar import Calendar
from rules.facts import Facts
from rules.language.answer import Outcome, answer, decide_plan
from rules.language.compile import Compiled, compile_nodes
from rules.language.deadline import due
from rules.language.decision import Decision, Truth
from rules.language.evaluate import truth
from rules.language.plan import Plan, plan
from rules.language.program import Program, Rule
from rules.language.run import GetParameter, Run
from rules.language.types import Value, legal_day
from rules.verdict import Due, Verdict

MOST_DERIVED = 8  # facts derived from derived facts; cycles are refused when a pack is checked


class Executor:
    """Caches what depends on the law only; holds nothing of any case."""

    def __init__(self, program: Program, calendar: Calendar) -> None:
        self.program, self.calendar = program, calendar
        self._plans: dict[tuple[str, int, bool], Plan | None] = {}
        self._compiled: dict[tuple[Plan, int], Compiled] = {}
        self._decided: dict[tuple[Plan, tuple[Truth, ...]], Decision] = {}

    # ------------------------------------------------------------ plans
    def plan(self, name: str, on: date, *, advisory: bool = False) -> Plan | None:
        """Return a rule's plan on a day, None when no version of it is law that day."""
        key = (name, bisect_right(self.program.changes, on), advisory)
        if key not in self._plans:
            rule = self._version(name, on)
            self._plans[key] = (
                None if rule is None else plan(self.program, rule, on, advisory=advisory)
            )
        return self._plans[key]

    def _version(self, name: str, on: date) -> Rule | None:
        standing = self.program.standing(self.program.rules.get(name, ()), on)
        return standing[0] if standing else None

    def parameters(self, on: date) -> GetParameter:
        """Return the lookup of parameters on a law date."""
        known = self.program.names.parameters

        def value(name: str, keys: tuple[str, ...]) -> Value | None:
            entry = known[name].on(on)
            return None if entry is None else entry.values.get(keys)

        return value

    def compiled(self, plan_: Plan, on: date) -> Compiled:
        """Return a plan as bytecode, with the parameters of its law date built in."""
        key = (plan_, bisect_right(self.program.changes, on))
        found = self._compiled.get(key)
        if found is None:
            nodes = (*plan_.conditions, *plan_.conclusions)
            found = self._compiled[key] = compile_nodes(nodes, self.parameters(on))
        return found

    # ------------------------------------------------------------ evaluation
    def run_over(
        self,
        facts: Mapping[str, Value],
        on: date,
        today: date | None,
        paths: tuple[str, ...],
    ) -> Run:
        """Prepare a run: derived facts are filled in where a rule 认定s them."""
        complete = self.derive(facts, paths, on, today)
        return Run(
            values=complete, parameter=self.parameters(on), calendar=self.calendar, today=today
        )

    def evaluate(self, plan_: Plan, run: Run) -> Outcome:
        """Evaluate a plan with the tracing interpreter."""
        conditions = tuple(truth(node, run) for node in plan_.conditions)
        values = tuple(None if node is None else truth(node, run) for node in plan_.conclusions)
        return Outcome(decide_plan(plan_, conditions, values), conditions, values)

    def derive(
        self,
        facts: Mapping[str, Value],
        paths: tuple[str, ...],
        on: date,
        today: date | None,
        depth: int = 0,
    ) -> Mapping[str, Value]:
        """Add facts that a rule 认定s from what is known; a recorded value always wins."""
        deemed_by = self.program.deemed_by
        wanted = [path for path in paths if path in deemed_by and path not in facts]
        if not wanted or depth >= MOST_DERIVED:
            return facts
        found: dict[str, Value] = {}
        for path in wanted:
            verdicts = [self._deemed(name, facts, on, today, depth) for name in deemed_by[path]]
            if Verdict.DEEMED in verdicts:
                found[path] = True
            elif self.closed(path) and set(verdicts) == {Verdict.NOT_APPLICABLE}:
                found[path] = False
        if isinstance(facts, Facts):
            return facts.with_facts(found, "推导")
        return {**facts, **found}

    def closed(self, path: str) -> bool:
        """Whether a fact can become true by rules alone, so that none applying means 否."""
        return self.program.names.terms[path].origin is None

    def _deemed(
        self,
        name: str,
        facts: Mapping[str, Value],
        on: date,
        today: date | None,
        depth: int,
    ) -> Verdict:
        plan_ = self.plan(name, on)
        if plan_ is None:
            return Verdict.NOT_APPLICABLE
        complete = self.derive(facts, plan_.paths, on, today, depth + 1)
        run = Run(
            values=complete, parameter=self.parameters(on), calendar=self.calendar, today=today
        )
        return self.evaluate(plan_, run).decision.verdict

    # ------------------------------------------------------------ answers
    def assess(
        self,
        name: str,
        facts: Facts,
        *,
        on: date,
        now: datetime | None,
        advisory: bool = False,
    ) -> Assessment:
        """Assess one rule."""
        plan_ = self.plan(name, on, advisory=advisory)
        if plan_ is None:
            return Assessment(
                rule=name,
                verdict=Verdict.NOT_APPLICABLE,
                note="该日未生效",
                facts=facts,
                on=on,
            )
        today = legal_day(now) if now is not None else None
        run = self.run_over(facts, on, today, plan_.paths)
        outcome = self._certain(plan_, run, on) or self.evaluate(plan_, run)
        return answer(self.program.names, plan_, outcome, run, facts, on, now)

    def _certain(self, plan_: Plan, run: Run, on: date) -> Outcome | None:
        """Answer by bytecode when every fact it needs is known: the everyday case."""
        try:
            truths = self.compiled(plan_, on).certain(run.values, run)
        except (KeyError, TypeError, ZeroDivisionError):
            return None
        split = len(plan_.conditions)
        key = (plan_, truths)
        decision = self._decided.get(key)
        if decision is None:
            decision = decide_plan(plan_, truths[:split], truths[split:])
            self._decided[key] = decision
        return Outcome(decision, truths[:split], truths[split:])

    def due(self, name: str, facts: Facts, *, on: date) -> Due:
        """Answer by when."""
        plan_ = self.plan(name, on)
        if plan_ is None:
            return Due(
                rule=name,
                last_day=None,
                due_at=None,
                counted=None,
                missing=(),
                provisional=None,
                calendar_version=self.calendar.version,
            )
        run = self.run_over(facts, on, None, plan_.paths)
        return due(plan_, self.evaluate(plan_, run).conditions, run, self.program.names, on)
