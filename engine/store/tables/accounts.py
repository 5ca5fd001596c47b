"""Accounts: people, their positions and sessions; nobody's history, rebuilt from none."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
)

from engine.store.tables.columns import Instant, metadata

people = Table(
    "people",
    metadata,
    Column("person", String(64), primary_key=True),  # an id, never re-used
    Column("login", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("jurisdiction", String(32), nullable=False),
    Column("password_hash", Text, nullable=True),
    Column("must_change", Boolean, nullable=False),
    Column("inspector_id", String(64), nullable=True, unique=True),
    Column("disabled_at", Instant, nullable=True),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", Instant, nullable=True),
    Column("created_at", Instant, nullable=False),
)

positions = Table(
    "positions",
    metadata,
    Column("person", String(64), ForeignKey("people.person"), primary_key=True),
    Column("department", String(64), primary_key=True),
    Column("position", String(64), primary_key=True),
    Column("from_at", Instant, primary_key=True),
    Column("until_at", Instant, nullable=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # the token itself is only with the browser
    Column("person", String(64), ForeignKey("people.person"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("language", String(8), nullable=False, server_default="zh"),
)

hits = Table(
    "hits",
    metadata,
    Column("limit_key", String(160), primary_key=True),  # what is limited: route and address
    Column("amount", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
