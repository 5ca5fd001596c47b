"""What the words before a cursor lead one to expect: a value of which type, a name, nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from lark import Token

from rules.language.types import DATE, Type

if TYPE_CHECKING:
    from rules.law import Law

COMPARING: Final = frozenset({"OP", "_KW_IS", "_KW_ISNOT", "_KW_BETWEEN", "_EQUALS"})
BEFORE_A_VALUE: Final = COMPARING | {"_KW_WITH"}
# After these an author invents a name; nothing that is declared fits.
NEW_NAME: Final = frozenset(
    {"_KW_RULE", "_KW_EXCEPTION", "_KW_TABLE", "_KW_PARAM", "_KW_ENUM", "_KW_UNIT", "_KW_SET"}
    | {"_KW_PACK", "_KW_TERM", "_KW_COUNT", "_KW_ALIAS"}
)
OTHER_PACK: Final = frozenset({"_KW_REWRITE", "_KW_REPEAL", "_KW_BORROW"})
OF_DATES: Final = ("不晚于", "不早于", "早于", "晚于")
OF_AMOUNTS: Final = ("不超过", "不低于", "不少于", "不高于", "低于", "高于", "少于", "超过")
HINTS: Final = {"ratio": "PERCENT", "date": "DATE"}  # of every other measure: NUMBER


def comparisons(type_: Type | None) -> tuple[str, ...]:
    """Return the words that compare values of a type; of an unknown one, all."""
    if type_ is None:
        return (*OF_AMOUNTS, *OF_DATES)
    if type_.kind == "date":
        return OF_DATES
    return OF_AMOUNTS if type_.numeric else ()


def subject_type(law: Law, tokens: Sequence[Token]) -> Type | None:
    """Return the type of the fact or parameter that stands right before the cursor."""
    path: list[str] = []
    for token in reversed(tokens):
        if token.type not in {"NAME", "_KW_OF"}:
            break
        path.insert(0, str(token))
    return _type_of(law, "".join(path))


def value_type(law: Law, tokens: Sequence[Token]) -> Type | None:
    """Return the type a value must have here: that of the other side of the comparison."""
    if not tokens:
        return None
    if tokens[-1].type == "_KW_AT":
        return DATE
    if tokens[-1].type not in BEFORE_A_VALUE:
        return None
    last = max((at for at, token in enumerate(tokens) if token.type in COMPARING), default=0)
    return subject_type(law, tokens[:last])


def _type_of(law: Law, path: str) -> Type | None:
    names = law.program.names
    term = names.terms.get(names.canonical(path))
    if term is not None:
        return term.type
    parameter = names.parameters.get(path)
    return parameter.type if parameter is not None else None
