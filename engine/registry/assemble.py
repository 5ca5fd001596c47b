"""Read values of one line to one row of the registry: ids, checks across columns, remarks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.registry import codes
from engine.registry.types import (
    Carrier,
    Category,
    Inspector,
    InspectorClass,
    Institution,
    Item,
    RegistryKind,
    Row,
    Subject,
    SubjectKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose registry a file is for: names of departments and districts to their codes.

    An empty table takes the words as they are; a filled one refuses words it does not know."""

    district: str = ""
    departments: Mapping[str, str] = field(default_factory=dict)
    districts: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


class BadRow(ValueError):
    """A line whose cells are sound one by one but not together."""

    def __init__(self, reason: str, *, field: str, value: object = "", code: str = "bad-row"):
        super().__init__(reason)
        self.field = field
        self.value = value
        self.code = code


Values = dict[str, Any]


def assemble(kind: RegistryKind, values: Mapping[str, object], scope: Scope) -> Row:
    """Return the row that the values of a line make; a contradiction between columns is refused."""
    known: Values = {name: value for name, value in values.items() if value != ""}
    if scope.source:
        known.setdefault("source", scope.source)
    _place(known, scope)
    return _ASSEMBLERS[kind](known, scope)


def _place(values: Values, scope: Scope) -> None:
    if written := values.get("district"):
        values["district"] = _known(scope.districts, written, "district", "行政区划")
    if written := values.get("department"):
        values["department"] = _known(scope.departments, written, "department", "部门")
    for name in ("regulators", "partners"):
        if words := values.get(name):
            codes_of = (_known(scope.departments, word, name, "部门") for word in words)
            values[name] = tuple(dict.fromkeys(codes_of))


def _known(names: Mapping[str, str], written: str, column: str, what: str) -> str:
    if not names or written in names.values():
        return _safe(written, column)
    if (code := names.get(written)) is None:
        raise BadRow(f"本辖区没有这个{what}", field=column, value=written, code="unknown-word")
    return code


def _safe(word: str, column: str) -> str:
    if ":" in word or "|" in word:
        raise BadRow("不得含有“:”或“|”（抽取时用作分隔符）", field=column, value=word)
    return word


# ---------------------------------------------------------------- one kind each


def _subject(values: Values, scope: Scope) -> Subject:
    code = values.get("uscc")
    if code and len(code) == codes.REGISTRATION_LENGTH:  # 「信用代码/注册号」 in one column
        values.setdefault("registration_no", values.pop("uscc"))
    number = values.get("registration_no")
    if number and len(number) == codes.USCC_LENGTH:
        values.setdefault("uscc", values.pop("registration_no"))
    if values.setdefault("kind", _kind_of(values)) is None:
        raise BadRow("没有统一社会信用代码，须填写主体类型", field="kind", code="required")
    values.setdefault("category", _category_of(values["kind"]))
    values["subject_id"] = _subject_id(values, scope)
    return Subject(**values)


def _subject_id(values: Values, scope: Scope) -> str:
    given = values.get("subject_id")
    natural = values.get("uscc") or values.get("registration_no")
    if given and not codes.is_issued(given) and natural is None:
        is_uscc = len(given) == codes.USCC_LENGTH
        values["uscc" if is_uscc else "registration_no"] = natural = given
    if given and not codes.is_issued(given) and given != natural:
        raise BadRow(
            "监管对象编号与统一社会信用代码（注册号）不一致", field="subject_id", value=given
        )
    if natural or given:
        return str(natural or given)
    if not values.get("address"):
        raise BadRow(
            "没有统一社会信用代码或注册号的对象须填写住所，由系统据名称和住所编号",
            field="address",
            code="required",
        )
    return codes.issued_id(
        district=scope.district or str(values.get("district", "")),
        kind=values["kind"],
        name=values["name"],
        address=values["address"],
    )


_KINDS = {
    "91": SubjectKind.ENTERPRISE,
    "92": SubjectKind.SOLE_TRADER,
    "93": SubjectKind.COOPERATIVE,
    "12": SubjectKind.INSTITUTION,
    "51": SubjectKind.SOCIAL,
    "52": SubjectKind.SOCIAL,
    "53": SubjectKind.SOCIAL,
}


def _kind_of(values: Values) -> SubjectKind | None:
    """Return the kind that the first two characters of a USCC state (GB 32100-2015)."""
    code = values.get("uscc") or values.get("subject_id") or ""
    if len(code) != codes.USCC_LENGTH or codes.is_issued(code):
        return None
    return _KINDS.get(code[:2], SubjectKind.OTHER)


def _category_of(kind: SubjectKind) -> Category:
    non_profit = kind in (SubjectKind.INSTITUTION, SubjectKind.SOCIAL, SubjectKind.OTHER)
    return Category.NON_PROFIT if non_profit else Category.PROFIT


def _carrier(values: Values, _: Scope) -> Carrier:
    return Carrier(**values)


def _inspector(values: Values, _: Scope) -> Inspector:
    if not values.get("inspector_id"):
        if not values.get("certificate_no"):
            raise BadRow("人员编号和执法证号至少填一项", field="inspector_id", code="required")
        values["inspector_id"] = values["certificate_no"]
    return Inspector(**values)


def _item(values: Values, _: Scope) -> Item:
    if values.get("ratio") == "100%":
        values.setdefault("full_coverage", True)
    if values.get("full_coverage") and values.setdefault("ratio", "100%") != "100%":
        raise BadRow("全覆盖事项的抽查比例应为 100%", field="ratio", value=values["ratio"])
    return Item(**values)


_SHA256 = re.compile(r"[0-9a-f]{64}")


def _institution(values: Values, _: Scope) -> Institution:
    """Return an institution; a report found false must be one of its reports, with the ground."""
    for name in ("contract_hash", "reports", "false_reports"):
        written = values.get(name, ())
        for digest in (written,) if isinstance(written, str) else written:
            if not _SHA256.fullmatch(digest):
                raise BadRow("应为文件的 SHA-256（64 位小写十六进制）", field=name, value=digest)
    strange = set(values.get("false_reports", ())) - set(values.get("reports", ()))
    if strange:
        raise BadRow("认定虚假的报告不在报告一列", field="false_reports", value=min(strange))
    if values.get("false_reports") and not values.get("falsity_ground"):
        raise BadRow("认定报告虚假须写明依据", field="falsity_ground", code="required")
    return Institution(**values)


_ASSEMBLERS: dict[RegistryKind, Callable[[Values, Scope], Row]] = {
    RegistryKind.SUBJECTS: _subject,
    RegistryKind.CARRIERS: _carrier,
    RegistryKind.INSPECTORS: _inspector,
    RegistryKind.ITEMS: _item,
    RegistryKind.INSTITUTIONS: _institution,
}


# ---------------------------------------------------------------- remarks


def remarks(row: Row) -> Iterator[tuple[str, str]]:
    """Yield what is incomplete though not wrong: the field and the sentence. It blocks nothing."""
    match row:
        case Subject():
            yield from _subject_remarks(row)
        case Inspector():
            yield from _inspector_remarks(row)
        case Item():
            yield from _item_remarks(row)
        case Institution():
            yield from _institution_remarks(row)
        case Carrier():  # its columns are all required
            pass


def _subject_remarks(row: Subject) -> Iterator[tuple[str, str]]:
    number = row.registration_no
    if number and not codes.registration_is_sound(number):
        yield "registration_no", "注册号末位校验不符，请与登记机关核对"
    if row.tier_date is None and row.risk_tier != "未分类":
        yield "risk_tier", "风险分类没有日期，无法判断是否为最新分类"
    if not row.regulators:
        yield "regulators", "没有监管部门（谁审批、谁监管，谁主管、谁监管），存在监管真空"


def _inspector_remarks(row: Inspector) -> Iterator[tuple[str, str]]:
    if not row.certificate_no and row.inspector_class is not InspectorClass.ROUTINE:
        yield "certificate_no", "没有执法证号，不计入两名持证执法人员"
    elif row.certificate_no and row.certificate_until is None:
        yield "certificate_until", "没有执法证有效期，按无有效证件处理"


def _institution_remarks(row: Institution) -> Iterator[tuple[str, str]]:
    if row.qualification_until is None:
        yield "qualification_until", "没有资质有效期，按无有效资质处理"
    if row.contract_until is None:
        yield "contract_until", "没有合同截止日期，按没有有效合同处理"
    if not row.contract_hash:
        yield "contract_hash", "没有合同文件散列，合同内容无从核对"


def _item_remarks(row: Item) -> Iterator[tuple[str, str]]:
    if not row.impl_item_code:
        yield "impl_item_code", "没有关联“互联网+监管”检查实施清单，不能列入计划"
    for name, title in (
        ("basis", "检查依据"),
        ("content", "检查内容"),
        ("method", "检查方式"),
    ):
        if not getattr(row, name):
            yield name, f"没有{title}"
    if row.full_coverage and not row.full_coverage_ground:
        yield "full_coverage_ground", "全覆盖事项没有写明依据"
