"""First pass of linking: the vocabulary of all files of a pack, with what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from rules.errors import FactError, Problem
from rules.facts import convert
from rules.language import declarations as d
from rules.language import names as n
from rules.language.messages import did_you_mean
from rules.language.operands import Unresolved
from rules.language.parse import ParsedFile
from rules.language.resolve import Resolver
from rules.language.syntax import Literal, Path, Place
from rules.language.types import BOOL, DEPARTMENT, NAMED, NOT_YET, Type, Value

PERIODS = ("本年度", "本季度", "本月")
EXTENTS = ("本部门", "本层级", "全部部门")


class NameLinker:
    """Fills Names from parsed files; declarations may stand in any order."""

    def __init__(
        self, files: Iterable[ParsedFile], departments: Mapping[str, str] | None = None
    ) -> None:
        self.names = n.Names(departments=departments or {})
        self.problems: list[Problem] = []
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

    def _parameter(self, file: str, block: d.Parameter) -> None:
        if block.name in self.names.parameters:
            self._wrong(file, block.place, "twice", f"参数“{block.name}”声明了两次")
        type_ = self.type_of(file, block.type)
        for key in block.keys:
            if key not in self.names.enums:
                hint = did_you_mean(key, self.names.enums)
                self._wrong(file, block.place, "undefined", f"没有枚举“{key}”", hint)
                return
        if type_ is None:
            return
        dated = [self._dated(file, block, entry, type_) for entry in block.dated]
        starts = [(entry.start, entry.known) for entry in dated]
        if len(set(starts)) != len(starts):
            self._wrong(file, block.place, "twice", f"参数“{block.name}”同一天有两个值")
        self.names.parameters[block.name] = n.Parameter(
            name=block.name,
            type=type_,
            keys=block.keys,
            dated=tuple(sorted(dated, key=lambda e: (e.start, e.known or date.min))),
            file=file,
            place=block.place,
        )

    def _dated(self, file: str, block: d.Parameter, entry: d.Dated, type_: Type) -> n.Dated:
        values: dict[tuple[str, ...], Value | None] = {}
        for keys, given in entry.values:
            if isinstance(given, Path) and str(given) == "无":
                values[keys] = None
            else:
                values[keys] = self._value(file, given, type_, entry.place)
        self._complete(file, block, entry, values)
        return n.Dated(
            start=entry.start,
            values=values,
            cites=entry.cites,
            place=entry.place,
            known=entry.known,
        )

    def _complete(
        self,
        file: str,
        block: d.Parameter,
        entry: d.Dated,
        values: dict[tuple[str, ...], Value | None],
    ) -> None:
        """Every enum value must be present, or explicitly 无."""
        wanted: list[tuple[str, ...]] = [()]
        for key in block.keys:
            wanted = [(*done, value) for done in wanted for value in self.names.enums[key]]
        lacking = ["、".join(keys) for keys in wanted if keys not in values]
        strange = ["、".join(keys) for keys in values if keys not in wanted]
        if lacking:
            message = f"参数“{block.name}”缺少：{'；'.join(lacking[:6]) or '值'}"
            self._wrong(file, entry.place, "key", message, "没有的写 无")
        if strange:
            message = f"参数“{block.name}”多出：{'；'.join(strange[:6])}"
            self._wrong(file, entry.place, "key", message)

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

    # ------------------------------------------------------------ shared
    def type_of(self, file: str, word: d.TypeWord) -> Type | None:
        """Read a type word: a kind, a unit, or an enum."""
        if word.enum:
            if word.name in self.names.enums:
                return Type("enum", word.name, many=word.many)
            hint = did_you_mean(word.name, self.names.enums)
            self._wrong(file, word.place, "undefined", f"没有枚举“{word.name}”", hint)
            return None
        if word.name == "次数":
            return Type("count", "次")
        if word.name == DEPARTMENT.name:
            return DEPARTMENT
        if word.name in self.names.units:
            return Type("count", word.name)
        kind = NAMED.get(word.name)
        if kind is None:
            known = (
                *NAMED,
                "次数",
                DEPARTMENT.name,
                *self.names.units,
                *(f"枚举 {e}" for e in self.names.enums),
            )
            hint = did_you_mean(word.name, known)
            if word.name in self.names.enums:
                hint = f"请写 枚举 {word.name}"
            self._wrong(file, word.place, "undefined", f"没有类型“{word.name}”", hint)
            return None
        return Type(kind, whole=kind not in {"ratio", "number"})

    def _value(self, file: str, given: d.Given, type_: Type, place: Place) -> Value | None:
        resolver = Resolver(self.names, file)
        value = given_value(given, type_, resolver)
        self.problems.extend(resolver.problems)
        if value is None and not resolver.problems:
            self._wrong(file, place, "unit", f"“{given_text(given)}”不是“{type_}”的值")
        return value

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


def given_text(given: d.Given) -> str:
    """Return a value as written, for a message."""
    return str(given) if isinstance(given, Path) else str(given.value)


def given_value(given: d.Given, type_: Type, resolver: Resolver) -> Value | None:
    """Read a written value as one of a type; None (with or without a problem) when it is not."""
    if isinstance(given, Literal):
        try:
            constant = resolver.constant(given, type_)
        except Unresolved:
            return None
        if constant.type.kind == "text" or not type_.alike(constant.type):
            return constant.value if type_.kind == constant.type.kind else None
        value: Any = constant.value
        return int(value) if type_.kind == "year" else value
    word = resolver.names.canonical(given)
    if word == str(NOT_YET):
        return NOT_YET if type_.kind == "date" else None
    try:
        return (
            convert(word, type_, resolver.names.enums, term=word)
            if type_.kind
            in {
                "enum",
                "text",
            }
            else None
        )
    except FactError:
        return None
