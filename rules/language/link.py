"""Second pass of linking: rules, exceptions, tables, rewrites, over a complete vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from rules.language import declarations as d
from rules.language.known import rules_known, values_known
from rules.language.link_names import NameLinker
from rules.language.link_rules import RuleLinker
from rules.language.messages import did_you_mean
from rules.language.names import Names
from rules.language.parse import ParsedFile
from rules.language.program import Program, Rule


class Linker(RuleLinker):
    """Turns parsed files into a program; `folders` maps each file to its pack's folder."""

    def __init__(
        self,
        files: Iterable[ParsedFile],
        folder_of: Mapping[str, str],
        known_at: date | None = None,
        departments: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(folder_of)
        given = list(files)
        self.known_at = known_at  # None: everything that is known now
        self.naming = NameLinker([values_known(parsed, known_at) for parsed in given], departments)
        self.files = [rules_known(parsed, known_at) for parsed in given]
        self.versions: dict[str, list[Rule]] = {}
        self.exceptions: dict[str, list[Rule]] = {}
        self.borrowed: dict[str, str] = {}
        self.original: dict[str, list[Rule]] = {}
        self.overrides: list[tuple[str, d.Rule]] = []
        self.everything: list[Rule] = []
        self.broken = {name for parsed in self.files for name in parsed.broken}

    def link(self) -> Program:
        """Link everything; problems are gathered, never raised."""
        self.names = self.naming.link()
        self.problems.extend(self.naming.problems)
        for parsed in self.files:
            for block in parsed.blocks:
                if isinstance(block, d.Pack):
                    self._pack(parsed.file, block)
        for parsed in self.files:
            for block in parsed.blocks:
                self._block(parsed, block)
        for file, override in self.overrides:
            self._override(file, override)
        self._references()
        return self._program()

    def _pack(self, file: str, block: d.Pack) -> None:
        folder = self.folder_of.get(file, "")
        if folder in self.packs:
            self._wrong(file, block.place, "twice", f"“{folder}”里有两个规则包头")
        self.packs[folder] = block

    # ------------------------------------------------------------ blocks
    def _block(self, parsed: ParsedFile, block: d.Block) -> None:
        if isinstance(block, d.Table):
            self._add(self._table(parsed, block))
        elif isinstance(block, d.Rule):
            if block.kind == "borrow":
                self.borrowed[f"{block.pack}·{block.name}"] = block.pack
            elif block.kind in {"rewrite", "repeal"}:
                self.overrides.append((parsed.file, block))
            else:
                self._add(self._rule(parsed, block))

    def _add(self, rule: Rule) -> None:
        self.everything.append(rule)
        before = self.versions.setdefault(rule.name, [])
        if any(_overlap(rule, other) for other in before):
            message = f"“{rule.name}”有两个同时有效的版本"
            self._wrong(
                rule.file, rule.place, "twice", message, "请写 有效 自 … 至 …、收录 于 …，或改名"
            )
            return  # the first is the one that is read on
        before.append(rule)
        if rule.kind == "exception":
            for base in rule.bases:
                self.exceptions.setdefault(base, []).append(rule)

    # ------------------------------------------------------------ other packs' rules
    def _override(self, file: str, block: d.Rule) -> None:
        targets = [
            rule
            for rule in self.versions.get(block.name, [])
            if rule.pack == block.pack and rule.kind != "exception"
        ]
        if not targets and self.known_at is not None:
            return  # what it would change was not known either
        if not targets:
            known = [rule.name for rule in self.everything if rule.pack == block.pack]
            hint = did_you_mean(block.name, known)
            message = f"规则包“{block.pack}”里没有“{block.name}”"
            self._wrong(file, block.place, "undefined", message, hint)
            return
        qualified = f"{block.pack}·{block.name}"
        self.original.setdefault(qualified, []).extend(targets)
        start = block.clauses.valid[0] if block.clauses.valid else None
        kept = [ended for rule in targets if (ended := _ended(rule, start)) is not None]
        self.versions[block.name] = [
            rule for rule in self.versions[block.name] if rule not in targets
        ] + kept
        if block.kind == "rewrite":
            parsed = next(p for p in self.files if p.file == file)
            self._add(replace(self._rule(parsed, block), rewrites=qualified))

    def _references(self) -> None:
        known = {*self.versions, *self.broken}
        for rule in self.everything:
            for name in (*rule.bases, *rule.prior):
                if name not in known and self.known_at is None:
                    hint = did_you_mean(name, known)
                    message = f"没有名为“{name}”的规则或例外"
                    self._wrong(rule.file, rule.place, "undefined", message, hint)

    def _program(self) -> Program:
        rules: dict[str, tuple[Rule, ...]] = {}
        for name, versions in self.versions.items():
            in_order = sorted(versions, key=_order)
            rules[name] = tuple(in_order)
        rules.update({name: tuple(versions) for name, versions in self.original.items()})
        deemed: dict[str, list[str]] = {}
        for rule in self.everything:
            if rule.kind == "rule" and rule.conclusion and rule.conclusion.kind == "deem":
                by = deemed.setdefault(rule.conclusion.name, [])
                if rule.name not in by:
                    by.append(rule.name)
        return Program(
            names=self.names,
            packs=self.packs,
            rules={name: versions for name, versions in rules.items() if versions},
            exceptions={name: tuple(found) for name, found in self.exceptions.items()},
            borrowed=self.borrowed,
            all_rules=tuple(self.everything),
            deemed_by={path: tuple(by) for path, by in deemed.items()},
            changes=_changes(self.everything, rules, self.names),
        )


def _order(rule: Rule) -> tuple[date, date]:
    return rule.valid_from or date.min, rule.known_from or date.min


def _overlap(one: Rule, other: Rule) -> bool:
    if one.known_from != other.known_from:
        return False  # the later known one corrects the other
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    ends = min(one.valid_to or date.max, other.valid_to or date.max)
    return starts <= ends


def _ended(rule: Rule, start: date | None) -> Rule | None:
    """Return what is left of a rule that another replaces from a day on (or altogether)."""
    if start is None or (rule.valid_from and rule.valid_from >= start):
        return None
    last = start - timedelta(days=1)
    return replace(rule, valid_to=min(last, rule.valid_to or last))


def _changes(
    everything: Iterable[Rule], versions: Mapping[str, tuple[Rule, ...]], names: Names
) -> tuple[date, ...]:
    """Return the days on which the law changes: rules begin or end, parameters take a value."""
    rules = [*everything, *(rule for found in versions.values() for rule in found)]
    days = {rule.valid_from for rule in rules if rule.valid_from}
    days |= {
        rule.valid_to + timedelta(days=1)
        for rule in rules
        if rule.valid_to and rule.valid_to < date.max
    }
    days |= {entry.start for parameter in names.parameters.values() for entry in parameter.dated}
    return tuple(sorted(days))
