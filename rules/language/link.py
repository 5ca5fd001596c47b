"""Second pass of linking: rules, exceptions, tables, rewrites, over a complete vocabulary."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from rules.errors import Problem
from rules.language import declarations as d
from rules.language.known import rules_known, values_known
from rules.language.link_names import NameLinker
from rules.language.link_parts import citations, row_condition, try_operand
from rules.language.messages import did_you_mean
from rules.language.names import Names
from rules.language.parse import ParsedFile
from rules.language.program import Conclusion, DecisionTable, Program, Rule, TableRow
from rules.language.resolve import Resolver
from rules.language.syntax import Place

REPEATED = {
    "strength": "强度",
    "valid": "有效",
    "known": "收录",
    "transition": "过渡",
    "scope": "适用",
    "condition": "当",
    "conclusion": "结论",
    "on_fail": "违反时",
}


class Linker:
    """Turns parsed files into a program; `folders` maps each file to its pack's folder."""

    def __init__(
        self,
        files: Iterable[ParsedFile],
        folder_of: Mapping[str, str],
        known_at: date | None = None,
        departments: Mapping[str, str] | None = None,
    ) -> None:
        given = list(files)
        self.known_at = known_at  # None: everything that is known now
        self.naming = NameLinker([values_known(parsed, known_at) for parsed in given], departments)
        self.files = [rules_known(parsed, known_at) for parsed in given]
        self.folder_of = folder_of
        self.problems: list[Problem] = []
        self.packs: dict[str, d.Pack] = {}
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

    def pack_name(self, file: str) -> str:
        """Return the name of the pack a file belongs to, its folder while it has no header."""
        folder = self.folder_of.get(file, "")
        return self.packs[folder].name if folder in self.packs else folder

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
        if rule.kind == "exception":
            for base in rule.bases:
                self.exceptions.setdefault(base, []).append(rule)
        before = self.versions.setdefault(rule.name, [])
        if any(_overlap(rule, other) for other in before):
            message = f"“{rule.name}”有两个同时有效的版本"
            self._wrong(
                rule.file, rule.place, "twice", message, "请写 有效 自 … 至 …、收录 于 …，或改名"
            )
        before.append(rule)

    def _rule(self, parsed: ParsedFile, block: d.Rule) -> Rule:
        resolver = Resolver(self.names, parsed.file)
        clauses = block.clauses
        conclusion = self._conclusion(clauses.conclusion, resolver)
        condition = None
        if clauses.condition is not None:
            condition = resolver.condition(clauses.condition)
        self._repeated(parsed.file, clauses)
        if clauses.conclusion is None:
            message = f"“{block.name}”没有结论"
            hint = "应写 应当、不得、可以、认定、免除 或 改为"
            self._wrong(parsed.file, block.place, "no-conclusion", message, hint)
        self.problems.extend(resolver.problems)
        rule = self._common(parsed, block.name, block.place, clauses)
        return replace(
            rule,
            kind="exception" if block.kind == "exception" else "rule",
            condition=condition,
            conclusion=conclusion,
            bases=block.bases,
            prior=block.prior,
            digest=_digest(block),
        )

    def _table(self, parsed: ParsedFile, block: d.Table) -> Rule:
        resolver = Resolver(self.names, parsed.file)
        clauses = block.clauses
        condition = resolver.condition(clauses.condition) if clauses.condition else None
        columns = [try_operand(resolver, path) for path in block.columns]
        rows = []
        for row in block.rows:
            if len(row.cells) != len(block.columns):
                message = f"这一行有 {len(row.cells)} 格，表头有 {len(block.columns)} 列"
                self._wrong(parsed.file, row.place, "table", message)
                continue
            made = row_condition(resolver, row, columns)
            if made is not None:
                rows.append(
                    TableRow(
                        condition=made, result=row.result, detail=row.detail, line=row.place.line
                    )
                )
        self.problems.extend(resolver.problems)
        table = DecisionTable(
            policy=block.policy,
            result_name=block.result_name,
            columns=tuple(column for column in columns if column is not None),
            rows=tuple(rows),
        )
        rule = self._common(parsed, block.name, block.place, clauses)
        return replace(rule, kind="table", condition=condition, table=table, digest=_digest(block))

    def _common(self, parsed: ParsedFile, name: str, place: Place, clauses: d.Clauses) -> Rule:
        start, end = clauses.valid or (None, None)
        if start and end and end < start:
            self._wrong(parsed.file, place, "valid", f"“{name}”的有效期先止后起")
        return Rule(
            name=name,
            pack=self.pack_name(parsed.file),
            kind="rule",
            strength=clauses.strength,
            citations=citations(clauses),
            interpretations=clauses.interpretations,
            valid_from=start,
            valid_to=end,
            known_from=clauses.known,
            transition=clauses.transition or "",
            scope=clauses.scope,
            reserved=clauses.reserved,
            action=clauses.on_fail.action if clauses.on_fail else None,
            message=clauses.on_fail.message if clauses.on_fail else None,
            examples=clauses.examples,
            prose=parsed.text.prose_before(place.line),
            file=parsed.file,
            place=place,
        )

    def _conclusion(self, block: d.Conclusion | None, resolver: Resolver) -> Conclusion | None:
        if block is None:
            return None
        body = resolver.condition(block.body) if block.body is not None else None
        name = self.names.canonical(block.name) if block.kind == "deem" else block.name
        return Conclusion(kind=block.kind, body=body, name=name, instead=block.instead)

    def _repeated(self, file: str, clauses: d.Clauses) -> None:
        for name, place in clauses.repeated:
            self._wrong(file, place, "twice", f"“{REPEATED.get(name, name)}”写了两次")

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

    def _wrong(self, file: str, place: Place, code: str, message: str, hint: str = "") -> None:
        self.problems.append(
            Problem(
                file=file,
                line=place.line,
                column=place.column,
                code=code,
                message=message,
                hint=hint,
            )
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


def _digest(block: d.Rule | d.Table) -> str:
    return hashlib.sha256(repr(block).encode()).hexdigest()
