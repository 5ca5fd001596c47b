"""Dated values: every parameter with the values of each day and each key."""

from __future__ import annotations

from datetime import date

from rules.errors import Problem
from rules.language import declarations as d
from rules.language import names as n
from rules.language.given import given_text, given_value
from rules.language.messages import did_you_mean
from rules.language.place import Place
from rules.language.resolve import Resolver
from rules.language.syntax import Path
from rules.language.types import DEPARTMENT, NAMED, Type, Value


class ParameterLinker:
    """Types values as declared; the names grow while a pack is linked."""

    def __init__(self, names: n.Names) -> None:
        self.names = names
        self.problems: list[Problem] = []

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
