"""The record itself: cases, their events and leaves, what binds them, what is kept apart."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
    text,
)

from engine.store.tables.columns import Instant, metadata

cases = Table(
    "cases",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("process", String(64), nullable=False),
    Column("jurisdiction", String(32), nullable=False),
    Column("version", String(64), nullable=False),
    Column("parent_id", Uuid, nullable=True),
    Column("title", Text, nullable=False),
    Column("lead", String(64), nullable=True),  # the department that leads, for lists
    Column("subject_id", String(64), nullable=True),  # 一户一档: the business it is about
    Column("matter", Text, nullable=False, server_default=""),  # "|code|code|": what is inspected
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant, nullable=True),
    Column("seq", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("state", LargeBinary, nullable=True),  # a cache: may be NULL at any time
    Index("ix_cases_parent_process", "parent_id", "process", "closed_at"),
    Index("ix_cases_jurisdiction_process", "jurisdiction", "process", "opened_at"),
    Index("ix_cases_subject_id", "subject_id"),
)

events = Table(
    "events",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String(48), nullable=False),
    Column("role", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

leaves = Table(
    "leaves",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False),
    # the writing transaction: identity order is not commit order, so the sequencer needs it
    Column("xid", BigInteger, nullable=True),
    Column("leaf", BigInteger, nullable=True, unique=True),
    Index(
        "ix_leaves_unnumbered",
        "xid",
        "case_id",
        "seq",
        sqlite_where=text("leaf IS NULL"),
        postgresql_where=text("leaf IS NULL"),
    ),
)

artefacts = Table(
    "artefacts",
    metadata,
    Column("address", String(64), primary_key=True),  # SHA-256 of the content
    Column("content", LargeBinary, nullable=False),
    Column("media", String(80), nullable=False),
    Column("stored_at", Instant, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("process", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("jurisdiction", String(32), nullable=False),
    Column("manifest", LargeBinary, nullable=False),  # canonical JSON: path → address
    Column("released_by", Uuid, nullable=True),  # the release case; NULL: shipped with the product
    Column("effective_at", Instant, nullable=False),
    Index("ix_versions_process", "jurisdiction", "process", "effective_at"),
)

personal = Table(
    "personal",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("digest", String(64), primary_key=True),  # what the event holds in its place
    Column("salt", String(64), nullable=False),
    Column("value", Text, nullable=False),
)

# 突击检查: each party's secret, encrypted until the last visit has ended; the key is elsewhere
sealed = Table(
    "sealed",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("commit", String(64), primary_key=True),  # the salted hash that the event holds
    Column("party", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# what only a later computation may read; the history names it by hash, and it can be erased
confidential = Table(
    "confidential",
    metadata,
    Column("address", String(64), primary_key=True),  # SHA-256 of the content, which is salted
    Column("content", LargeBinary, nullable=False),
)

# 回避: an officer's relation to a unit, as declared; who may not meet whom is nobody else's concern
recusals = Table(
    "recusals",
    metadata,
    Column("case_id", Uuid, primary_key=True),  # the declaration
    Column("jurisdiction", String(32), nullable=False),
    Column("inspector_id", String(64), nullable=False),
    Column("unit_id", String(64), nullable=False),
    Column("salt", String(64), nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("lifted_at", Instant, nullable=True),
    Index("ix_recusals_jurisdiction", "jurisdiction", "inspector_id"),
)

refusals = Table(
    "refusals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Uuid, nullable=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("command", String(48), nullable=False),
    Column("command_hash", String(64), nullable=False),
    Column("code", String(48), nullable=False),
    Column("rule", Text, nullable=True),
    Column("sentence", Text, nullable=False),
    Index("ix_refusals_case_id", "case_id"),
)
