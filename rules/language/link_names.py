"""First pass of linking: the vocabulary of all files of a pack, with what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rules.language import declarations as d
from rules.language import names as n
from rules.language.link_parameters import ParameterLinker
from rules.language.messages import did_you_mean
from rules.language.parse import ParsedFile
from rules.language.resolve import Resolver
from rules.language.types import BOOL

PERIODS = ("本年度", "本季度", "本月")
EXTENTS = ("本部门", "本层级", "全部部门")


class NameLinker(ParameterLinker):
    """Fills Names from parsed files; declarations may stand in any order."""

    def __init__(
        self, files: Iterable[ParsedFile], departments: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(n.Names(departments=departments or {}))
        self.blocks = [(parsed.file, block) for parsed in files for block in parsed.blocks]

    def link(self) -> n.Names:
        """Enums and units first, then what uses them."""
        linkers: tuple[tuple[type, Callable[[str, Any], None]], ...] = (
            (d.Enum, self._enum),
            (d.Unit, self._unit),
            (d.Alias, self._alias),
            (d.NamedSet, self._set),
            (d.Term, self._term),
            (d.Parameter, self._parameter),
        )
        for kind, link_one in linkers:
            for file, block in self.blocks:
                if isinstance(block, kind):
                    link_one(file, block)
        self._deemed()
        for file, block in self.blocks:
            if isinstance(block, d.Term) and block.query is not None:
                self._query(file, block, block.query)
        self._clashes()
        return self.names

    def _unit(self, _file: str, block: d.Unit) -> None:
        self.names.units.update(block.names)

    def _alias(self, _file: str, block: d.Alias) -> None:
        self.names.aliases[str(block.label)] = str(block.target)

    # ------------------------------------------------------------ one kind each
    def _enum(self, file: str, block: d.Enum) -> None:
        if block.name in self.names.enums:
            self._wrong(file, block.place, "twice", f"枚举“{block.name}”声明了两次")
        for value in sorted({v for v in block.values if block.values.count(v) > 1}):
            self._wrong(file, block.place, "twice", f"枚举“{block.name}”的值“{value}”写了两次")
        self.names.enums.setdefault(block.name, block.values)

    def _set(self, file: str, block: d.NamedSet) -> None:
        enums = [e for e, has in self.names.enums.items() if set(block.values) <= set(has)]
        if not enums:
            message = f"集合“{block.name}”的值不都属于同一个枚举"
            self._wrong(file, block.place, "set", message)
        self.names.sets[block.name] = block.values

    def _term(self, file: str, block: d.Term) -> None:
        path = str(block.path)
        if path in self.names.terms:
            before = self.names.terms[path]
            where = f"第一次在 {before.file} 第{before.place.line}行"
            self._wrong(file, block.place, "twice", f"词“{path}”声明了两次", where)
            return
        type_ = self.type_of(file, block.type)
        default = None
        if block.default is not None and type_ is not None:
            default = self._value(file, block.default.value, type_, block.place)
        self.names.terms[path] = n.Term(
            path=path,
            type=type_ or BOOL,
            origin=block.origin,
            default=default,
            default_origin=block.default.origin if block.default else "",
            file=file,
            place=block.place,
        )

    def _query(self, file: str, block: d.Term, query: d.Query) -> None:
        for word, allowed in ((query.period, PERIODS), (query.extent, EXTENTS)):
            if word not in allowed:
                hint = did_you_mean(word, allowed) or "可用：" + "、".join(allowed)
                self._wrong(file, block.place, "count", f"统计 不认识“{word}”", hint)
        resolver = Resolver(self.names, file)
        where = resolver.condition(query.where) if query.where is not None else None
        self.problems.extend(resolver.problems)
        term = self.names.terms[str(block.path)]
        count = n.Count(
            counted=query.counted,
            period=query.period,
            extent=query.extent,
            includes_this=query.includes_this,
            where=where,
        )
        self.names.terms[term.path] = n.Term(
            path=term.path,
            type=term.type,
            origin=term.origin,
            default=term.default,
            default_origin=term.default_origin,
            count=count,
            file=file,
            place=block.place,
        )

    def _deemed(self) -> None:
        """A path that only a rule 认定s is a 是否 without further declaration."""
        for file, block in self.blocks:
            if not isinstance(block, d.Rule):
                continue
            conclusion = block.clauses.conclusion
            if conclusion is not None and conclusion.kind == "deem":
                path = self.names.canonical(conclusion.name)
                self.names.terms.setdefault(
                    path, n.Term(path=path, type=BOOL, origin=None, file=file, place=block.place)
                )

    def _clashes(self) -> None:
        values = {value for enum in self.names.enums.values() for value in enum}
        for path, term in self.names.terms.items():
            if path in values:
                message = f"“{path}”既是枚举的值又是词，读不出是哪一个"
                self._wrong(term.file, term.place, "clash", message, "请给其中一个改名")
        for label, target in self.names.aliases.items():
            if label in self.names.terms:
                term = self.names.terms[label]
                self._wrong(term.file, term.place, "clash", f"“{label}”已是“{target}”的别名")
