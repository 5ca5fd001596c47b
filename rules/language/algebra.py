"""The unit algebra: which type a sum, a product or a comparison has, or why it has none."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from rules.language.core import Arith, Const, Core, Shift
from rules.language.types import DAYS, NUMBER, RATIO, Type


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why two operands do not go together."""

    code: str
    message: str
    hint: str = ""


def combine(op: str, left: Core, right: Core) -> Core | Refusal:
    """Type `left op right`; the result of × and ÷ on counts must be rounded before use."""
    made: Core | Type | None
    if left.type.kind == "date" or right.type.kind == "date":
        made = _dates(op, left, right)
    elif op in "+−":
        made = _sum(left.type, right.type)
    elif op == "×":
        made = _product(left, right) or _product(right, left)
    else:
        made = _quotient(left, right)
    if made is None:
        return Refusal("unit", f"“{left.type}”{op}“{right.type}”没有意义", "单位不能混用")
    if isinstance(made, Type):
        return Arith(op=op, left=left, right=right, type=made, place=left.place)
    return made


def _dates(op: str, left: Core, right: Core) -> Core | Type | None:
    if op == "−" and left.type.kind == right.type.kind == "date":
        return DAYS
    if left.type.kind != "date" or right.type.kind not in {"days", "wdays"} or op not in "+−":
        return None
    if not right.type.whole:
        return None
    working = right.type.kind == "wdays"
    sign = 1 if op == "+" else -1
    return Shift(start=left, amount=right, working=working, sign=sign, place=left.place)


def _sum(left: Type, right: Type) -> Type | None:
    if left.kind == "year" and right.kind == "number":
        return left
    if left.kind != right.kind or left.name != right.name or not left.numeric:
        return None
    return Type(left.kind, left.name, whole=left.whole and right.whole)


def _product(left: Core, right: Core) -> Type | None:
    quantity, factor = left.type, right.type
    if factor.kind not in {"ratio", "number"}:
        return None
    if quantity.kind in {"count", "days", "wdays"}:
        whole = quantity.whole and _whole_number(right)
        return Type(quantity.kind, quantity.name, whole=whole)
    if quantity.kind == "ratio":
        return RATIO
    if quantity.kind == "number" and factor.kind == "number":
        return NUMBER
    return None


def _whole_number(node: Core) -> bool:
    return (
        node.type.kind == "number"
        and isinstance(node, Const)
        and isinstance(node.value, Fraction)
        and node.value.denominator == 1
    )


def _quotient(left: Core, right: Core) -> Type | None:
    above, below = left.type, right.type
    if above.kind == below.kind and above.name == below.name and above.numeric:
        if above.kind in {"ratio", "number", "year"}:
            return NUMBER if above.kind != "year" else None
        return RATIO
    if below.kind == "number" and above.kind in {"count", "ratio", "days", "wdays"}:
        return Type(above.kind, above.name, whole=False)
    return None


def comparable(left: Type, right: Type, *, ordered: bool) -> Refusal | None:
    """Say why two values must not be compared, or None when they may be."""
    if not left.alike(right):
        hint = ""
        if left.kind == "count" and right.kind == "number":
            hint = f"请写单位，如 2 {left.name}"
        elif {left.kind, right.kind} == {"days", "wdays"}:
            hint = "5 个工作日不等于 5 日"
        return Refusal("unit", f"“{left}”不能与“{right}”比较", hint)
    if left.many or right.many:
        return Refusal("unit", "集合不能用比较词", "请用 包含 或 属于")
    if ordered and left.kind in {"enum", "bool", "human", "text"}:
        return Refusal("unit", f"“{left}”没有大小先后", "请用 为 或 属于")
    if left.kind == "count" and left.whole != right.whole:
        return Refusal(
            "rounding", "整数与未取整的数不能直接比较", "请用 上取整（…） 或 下取整（…）"
        )
    return None


def roundable(type_: Type) -> Type | Refusal:
    """Return the whole type that rounding gives, or why there is nothing to round."""
    if type_.kind in {"count", "days", "wdays"}:
        return Type(type_.kind, type_.name)
    if type_.kind == "number":
        return NUMBER
    return Refusal("unit", f"“{type_}”不能取整")
