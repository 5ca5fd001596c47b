"""One rule, exception or table at a time: conditions resolved, clauses gathered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from rules.errors import Problem
from rules.language import declarations as d
from rules.language.link_parts import citations, row_condition, try_operand
from rules.language.names import Names
from rules.language.parse import ParsedFile
from rules.language.place import Place
from rules.language.program import Conclusion, DecisionTable, Rule, TableRow
from rules.language.resolve import Resolver

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


class RuleLinker:
    """Resolves blocks over a complete vocabulary; `folders` maps each file to its pack's folder."""

    def __init__(self, folder_of: Mapping[str, str]) -> None:
        self.folder_of = folder_of
        self.names = Names()
        self.packs: dict[str, d.Pack] = {}
        self.problems: list[Problem] = []

    def pack_name(self, file: str) -> str:
        """Return the name of the pack a file belongs to, its folder while it has no header."""
        folder = self.folder_of.get(file, "")
        return self.packs[folder].name if folder in self.packs else folder

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


def _digest(block: d.Rule | d.Table) -> str:
    return hashlib.sha256(repr(block).encode()).hexdigest()
