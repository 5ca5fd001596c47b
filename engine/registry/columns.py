"""Which columns a registry file may have and how to read them; their names are in headings.toml."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from engine.registry import cells
from engine.registry.cells import Reader
from engine.registry.types import (
    CarrierType,
    Category,
    CreditLevel,
    InspectorClass,
    ItemClass,
    ItemStatus,
    KeyIndustry,
    PositionRank,
    RegistryKind,
    RiskTier,
    SubjectKind,
    SubjectStatus,
    Validity,
)

REMOVAL = "removal"  # 移出原因: a row that leaves the registry, and why


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its field, its title in our own export, and its other headings."""

    field: str
    title: str
    aliases: tuple[str, ...]
    read: Reader
    is_required: bool
    is_personal: bool  # erasable, so outside the row-set root


def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads(resources.files("engine.registry").joinpath(name).read_text("utf-8"))


def _synonyms(group: str) -> Mapping[str, str]:
    return {name: word for word, names in _WORDS[group].items() for name in names}


_HEADINGS = _table("headings.toml")
_WORDS = _table("words.toml")

_VALIDITY = cells.word(Validity, _synonyms("validity"))
_TIER = cells.word(RiskTier, _synonyms("risk_tier"))

_READERS: Mapping[RegistryKind, Mapping[str, Reader]] = {
    RegistryKind.SUBJECTS: {
        "subject_id": cells.subject_code,
        "uscc": cells.national_code,
        "registration_no": cells.national_code,
        "kind": cells.word(SubjectKind, _synonyms("subject_kind")),
        "category": cells.word(Category, _synonyms("category")),
        "status": cells.word(SubjectStatus, _synonyms("subject_status")),
        "phone": cells.phone,
        "risk_tier": _TIER,
        "tier_date": cells.day,
        "credit_level": cells.word(CreditLevel, _synonyms("credit_level")),
        "key_industry": cells.word(KeyIndustry, _synonyms("key_industry")),
        "abnormal_listed": cells.flag,
        "repeated_complaints": cells.flag,
        "serious_violation": cells.flag,
        "special_key_field": cells.flag,
        "key_grounds": cells.listed,
        "registered_on": cells.day,
        "regulators": cells.listed,
        "labels": cells.listed,
    },
    RegistryKind.CARRIERS: {
        "carrier_id": cells.row_code,
        "carrier_type": cells.word(CarrierType, _synonyms("carrier_type")),
        "subjects": cells.listed_subjects,
        "risk_tier": _TIER,
        "status": _VALIDITY,
        "regulators": cells.listed,
    },
    RegistryKind.INSPECTORS: {
        "inspector_id": cells.row_code,
        "inspector_class": cells.word(InspectorClass, _synonyms("inspector_class")),
        "certificate_no": cells.row_code,
        "certificate_until": cells.day_or_forever,
        "position_rank": cells.word(PositionRank, _synonyms("position_rank")),
        "items": cells.listed,
        "expert": cells.flag,
        "phone": cells.phone,
        "status": _VALIDITY,
    },
    RegistryKind.ITEMS: {
        "item_code": cells.row_code,
        "item_class": cells.word(ItemClass, _synonyms("item_class")),
        "ratio": cells.ratio,
        "list_sources": cells.listed,
        "impl_item_code": cells.row_code,
        "fields": cells.listed,
        "partners": cells.listed,
        "status": cells.word(ItemStatus, _synonyms("item_status")),
        "full_coverage": cells.flag,
    },
    RegistryKind.INSTITUTIONS: {
        "institution_id": cells.row_code,
        "qualification_until": cells.day_or_forever,
        "items": cells.listed,
        "contract_no": cells.row_code,
        "contract_from": cells.day,
        "contract_until": cells.day_or_forever,
        "reports": cells.listed,
        "false_reports": cells.listed,
        "status": _VALIDITY,
    },
}

_REQUIRED: Mapping[RegistryKind, frozenset[str]] = {
    RegistryKind.SUBJECTS: frozenset({"name"}),
    RegistryKind.CARRIERS: frozenset({"carrier_id", "name", "carrier_type", "subjects"}),
    RegistryKind.INSPECTORS: frozenset({"name", "department", "inspector_class"}),
    RegistryKind.ITEMS: frozenset({"item_code", "name", "department", "item_class"}),
    RegistryKind.INSTITUTIONS: frozenset(
        {"institution_id", "name", "department", "qualification", "contract_no"}
    ),
}

_FREE = frozenset({"name", "address", "legal_person", "phone", "certificate_no"})
_PERSONAL = frozenset({"legal_person", "phone"})


def _reader(kind: RegistryKind, field: str) -> Reader:
    """Return how a column is read; the few words of a column are read once, not per row."""
    reader = _READERS[kind].get(field, cells.text)
    if field in _FREE or reader in (cells.row_code, cells.subject_code, cells.national_code):
        return reader
    return lru_cache(maxsize=2_048, typed=True)(reader)


def _columns(kind: RegistryKind) -> tuple[Column, ...]:
    return tuple(
        Column(
            field=field,
            title=names[0],
            aliases=tuple(names[1:]),
            read=_reader(kind, field),
            is_required=field in _REQUIRED[kind],
            is_personal=field in _PERSONAL,
        )
        for field, names in _HEADINGS[kind.value].items()
    )


COLUMNS: Mapping[RegistryKind, tuple[Column, ...]] = {kind: _columns(kind) for kind in RegistryKind}

# Columns a file may carry that are not taken in, and what a person is told about them.
LEFT_OUT: Mapping[str, str] = _HEADINGS["left_out"]

_BRACKETED = re.compile(r"[(\[【][^)\]】]*[)\]】]")
_ORNAMENT = re.compile(r"[\s\u200b-\u200f\ufeff*:'\"“”、,.。]+")


def heading(text: str) -> str:
    """Return a heading in comparable form: width, spacing, line breaks and ornaments folded."""
    return _ORNAMENT.sub("", unicodedata.normalize("NFKC", text)).upper()


def _headings(columns: Sequence[Column]) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for column in columns:
        for name in (column.title, column.field, *column.aliases):
            found.setdefault(heading(name), column)
    return found


_KNOWN = {kind: _headings(columns) for kind, columns in COLUMNS.items()}


def recognise(kind: RegistryKind, text: str) -> Column | None:
    """Return the column a heading means; a remark in brackets after it does not matter."""
    known = _KNOWN[kind]
    whole = heading(text)
    return known.get(whole) or known.get(_BRACKETED.sub("", whole))
