"""Tables of the registries: every row knows the batch it came with and the batch it left with.

A row is current while `to_batch` is NULL; at batch b it stood if from_batch ≤ b < to_batch, so any
past frame can be shown again. Batches are numbered per jurisdiction, over all four registries.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeEngine

from engine.store.tables.columns import Instant, Words, metadata


def _id() -> TypeEngine[str]:
    """An id that sorts by its bytes on every database, as a draw needs it."""
    return String(64).with_variant(String(64, collation="C"), "postgresql")


def _registry(name: str, key: str, *parts: Column[Any] | Index) -> Table:
    current = text("to_batch IS NULL")
    return Table(
        name,
        metadata,
        Column("jurisdiction", String(32), primary_key=True),
        Column(key, _id(), primary_key=True),
        Column("from_batch", Integer, primary_key=True),
        Column("to_batch", Integer, nullable=True),
        Column("reason", Text, nullable=True),  # why it left, when it left for good
        *parts,
        Index(
            f"ux_{name}_current",
            "jurisdiction",
            key,
            unique=True,
            sqlite_where=current,
            postgresql_where=current,
        ),
        Index(f"ix_{name}_to_batch", "jurisdiction", "to_batch"),
    )


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _words(name: str) -> Column[tuple[str, ...]]:
    return Column(name, Words, nullable=False, server_default="")


registry_subjects = _registry(
    "registry_subjects",
    "subject_id",
    _text("name"),
    Column("kind", String(16), nullable=False),
    Column("uscc", String(18), nullable=True),
    Column("registration_no", String(15), nullable=True),
    Column("category", String(8), nullable=False),
    Column("status", String(8), nullable=False),
    _text("district"),
    _text("address"),
    _text("industry"),
    _text("legal_person"),  # personal: erasable, in no root
    _text("phone"),  # personal: erasable, in no root
    Column("risk_tier", String(8), nullable=False),
    _text("tier_source"),
    Column("tier_date", Date, nullable=True),
    Column("credit_level", String(8), nullable=False),
    Column("key_industry", String(8), nullable=True),
    Column("abnormal_listed", Boolean, nullable=True),
    Column("repeated_complaints", Boolean, nullable=True),
    Column("serious_violation", Boolean, nullable=True),
    Column("special_key_field", Boolean, nullable=True),
    _words("key_grounds"),
    Column("registered_on", Date, nullable=True),
    _words("regulators"),
    _words("labels"),
    _text("source"),
)

registry_carriers = _registry(
    "registry_carriers",
    "carrier_id",
    _text("name"),
    Column("carrier_type", String(8), nullable=False),
    _words("subjects"),
    _text("district"),
    _text("address"),
    Column("risk_tier", String(8), nullable=False),
    Column("status", String(8), nullable=False),
    _words("regulators"),
    _text("source"),
)

registry_inspectors = _registry(
    "registry_inspectors",
    "inspector_id",
    _text("name"),
    Column("department", String(64), nullable=False),
    Column("inspector_class", String(16), nullable=False),
    _text("certificate_no"),
    _text("certificate_issuer"),
    Column("certificate_until", Date, nullable=True),
    Column("position_rank", String(16), nullable=False),
    _text("position_title"),
    _words("items"),
    _text("level"),
    _text("district"),
    Column("expert", Boolean, nullable=False),
    _text("phone"),  # personal: erasable, in no root
    Column("status", String(8), nullable=False),
    Column("login", String(64), nullable=True),
    _text("source"),
    Index("ix_registry_inspectors_department", "jurisdiction", "department"),
)

registry_items = _registry(
    "registry_items",
    "item_code",
    _text("name"),
    Column("department", String(64), nullable=False),
    Column("item_class", String(8), nullable=False),
    _text("basis"),
    _text("content"),
    _text("method"),
    _text("standard"),
    _text("disposition"),
    _words("list_sources"),
    _text("ratio"),
    _text("frequency"),
    _text("impl_item_code"),
    _text("check_subjects"),
    _text("level"),
    _words("fields"),
    _words("partners"),
    Column("status", String(8), nullable=False),
    Column("full_coverage", Boolean, nullable=False),
    _text("full_coverage_ground"),
    _text("source"),
    Index("ix_registry_items_department", "jurisdiction", "department"),
)

registry_institutions = _registry(
    "registry_institutions",
    "institution_id",
    _text("name"),
    Column("department", String(64), nullable=False),
    _text("qualification"),
    Column("qualification_until", Date, nullable=True),
    _text("scope"),
    _words("items"),
    _text("contract_no"),
    Column("contract_from", Date, nullable=True),
    Column("contract_until", Date, nullable=True),
    _text("contract_hash"),  # SHA-256 of the contract's file
    _words("reports"),  # SHA-256 of each report's file
    _words("false_reports"),
    _text("falsity_ground"),
    Column("status", String(8), nullable=False),
    _text("source"),
)

# The links of a carrier, one row each, so that a subject finds its carriers by an index.
registry_carrier_links = Table(
    "registry_carrier_links",
    metadata,
    Column("jurisdiction", String(32), primary_key=True),
    Column("carrier_id", _id(), primary_key=True),
    Column("subject_id", _id(), primary_key=True),
    Column("from_batch", Integer, primary_key=True),
    Column("to_batch", Integer, nullable=True),
    Index("ix_registry_carrier_links_subject_id", "jurisdiction", "subject_id"),
)

registry_batches = Table(
    "registry_batches",
    metadata,
    Column("jurisdiction", String(32), primary_key=True),
    Column("batch", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("case_id", String(36), nullable=True),  # the case whose event carries hash and root
    Column("file", String(64), nullable=False),  # SHA-256 of the imported file
    Column("filename", Text, nullable=False),
    Column("root", String(64), nullable=False),
    _text("source"),  # the system and the filter it was extracted with
    Column("snapshot_on", Date, nullable=True),  # the day the source says it speaks of
    Column("added", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("applied_at", Instant, nullable=False),
    Column("applied_by", String(64), nullable=False),
    Index("ix_registry_batches_kind", "jurisdiction", "kind", "batch"),
)

# 专用名录、联合名录: a stored filter over the general registry, never a copy of rows (PJ 任务 4).
registry_lists = Table(
    "registry_lists",
    metadata,
    Column("jurisdiction", String(32), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("from_batch", Integer, primary_key=True),
    Column("to_batch", Integer, nullable=True),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),  # special, joint
    Column("department", String(64), nullable=False),
    Column("item_code", String(64), nullable=False),  # "" for a field of several items
    Column("filters", LargeBinary, nullable=False),  # canonical JSON
)

# How often a unit was counted by a frozen snapshot; a unit that is not named counts 0.
frame_counts = Table(
    "frame_counts",
    metadata,
    Column("jurisdiction", String(32), primary_key=True),
    Column("snapshot", String(64), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("unit_id", _id(), primary_key=True),
    Column("value", Integer, nullable=False),
)
