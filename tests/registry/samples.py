"""Files and rows that the tests of the registries share."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import openpyxl

from engine.registry import synthetic
from engine.registry.batch import Batch
from engine.registry.types import RegistryKind, Row

SEED = "tests"
CODE = "914403001922038216"
REAL_CODES = (  # published codes, all valid
    "91350100M000100Y43",
    CODE,
    "9144030071526726XG",
    "11371525004442025C",
    "11371002MB28581746",
)


def csv_text(*lines: str) -> str:
    return "\r\n".join(lines) + "\r\n"


def workbook(lines: Iterable[Sequence[object]], *, sheet: str = "Sheet1") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for line in lines:
        page.append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(kind: RegistryKind, *, jurisdiction: str = "chaoyang", count: int = 60) -> list[Row]:
    """Return synthetic rows in id order."""
    place = synthetic.world(jurisdiction)
    subjects = list(synthetic.subjects(place, seed=SEED, count=count))
    match kind:
        case RegistryKind.SUBJECTS:
            return list(subjects)
        case RegistryKind.CARRIERS:
            return list(synthetic.carriers(place, subjects, seed=SEED))
        case RegistryKind.INSPECTORS:
            found: list[Row] = list(synthetic.inspectors(place, seed=SEED))
        case RegistryKind.ITEMS:
            found = list(synthetic.items(place))
        case RegistryKind.INSTITUTIONS:
            found = list(synthetic.institutions(place, seed=SEED))
    return sorted(found, key=lambda row: row.row_id)


def batch(
    number: int = 1, kind: RegistryKind = RegistryKind.SUBJECTS, jurisdiction: str = "chaoyang"
) -> Batch:
    return Batch(
        jurisdiction=jurisdiction,
        number=number,
        kind=kind,
        file="0" * 64,
        filename="名录.csv",
        applied_at=datetime(2026, 6, 15, 8, tzinfo=UTC),
        applied_by="cy-samr-steward",
    )
