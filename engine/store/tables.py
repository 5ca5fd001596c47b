"""Every table of the record and its views; typed, portable between SQLite and PostgreSQL.

`events`, `leaves` and `artefacts` are the record. All else is a view or a queue that can be
rebuilt from it, except people and their sessions, which are nobody's history.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; a naive one is refused on its way in (SQLite stores no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value!r} has no time zone"
            raise ValueError(message)
        moment = value if value.tzinfo is UTC else value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


# ---------------------------------------------------------------- the record

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

# ---------------------------------------------------------------- views and queues

worklist = Table(
    "worklist",
    metadata,
    Column("case_id", Uuid, ForeignKey("cases.case_id"), primary_key=True),
    Column("element", String(120), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("seat", String(160), primary_key=True),  # "department/position" or "person:<id>"
    Column("task", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("number", String(64), nullable=False),
    Column("case_title", Text, nullable=False),
    Column("process", String(64), nullable=False),
    Column("jurisdiction", String(32), nullable=False),
    Column("holder", String(64), nullable=True),
    Column("due_at", Instant, nullable=True),
    Column("offered_at", Instant, nullable=False),
    Index("ix_worklist_seat", "seat", "due_at", "case_id"),
    Index("ix_worklist_holder", "holder"),
)

timers = Table(
    "timers",
    metadata,
    Column("case_id", Uuid, ForeignKey("cases.case_id"), primary_key=True),
    Column("element", String(120), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("due_at", Instant, nullable=True),  # NULL: the year's calendar is not published yet
    Column("rule", Text, nullable=False),
    Column("missing", Text, nullable=True),
    Column("provisional", String(10), nullable=True),  # a date for display only
    Index("ix_timers_due_at", "due_at"),
)

# What the year of a jurisdiction holds (年历): a row per obligation, department and period.
agenda = Table(
    "agenda",
    metadata,
    Column("jurisdiction", String(32), primary_key=True),
    Column("obligation", String(64), primary_key=True),  # "" for the planning of a year
    Column("department", String(64), primary_key=True),  # "" until it is known whom it falls on
    Column("period", String(8), primary_key=True),  # 2026 or 2026Q3
    Column("stage", String(8), nullable=False),  # plan, open, watch, late, done
    Column("next_at", Instant, nullable=True),  # when to look again; NULL: nothing is left to do
    Column("due_at", Instant, nullable=True),  # 24:00 of the last day in time
    Column("case_id", Uuid, nullable=True),  # the case that was opened for it
    Column("supervision", Uuid, nullable=True),  # the 督办, where one was needed
    Column("settled_on", String(10), nullable=True),
    Index("ix_agenda_next_at", "next_at"),
)

# A department whose work another has taken over (机构划转): from a day on, for new cases as well.
successions = Table(
    "successions",
    metadata,
    Column("jurisdiction", String(32), primary_key=True),
    Column("former", String(64), primary_key=True),
    Column("successor", String(64), nullable=False),
    Column("effective_at", Instant, nullable=False),
    Column("basis", Text, nullable=False),
    Column("with_people", Boolean, nullable=False),  # whoever held a position goes with the work
    Column("entered_by", String(64), nullable=False),
    Column("entered_at", Instant, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("seq", Integer, primary_key=True),  # of the event that sends it
    Column("part", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("progress", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("delivered_at", Instant, nullable=True),
    Index(
        "ix_outbox_undelivered",
        "created_at",
        sqlite_where=text("delivered_at IS NULL"),
        postgresql_where=text("delivered_at IS NULL"),
    ),
)

work = Table(
    "work",
    metadata,
    Column("address", String(64), primary_key=True),  # sha256(name ‖ inputs)
    Column("case_id", Uuid, primary_key=True),
    Column("element", String(120), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("inputs", LargeBinary, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("started_at", Instant, nullable=True),  # by the worker that has it now
    Column("progress", Integer, nullable=False, server_default="0"),
    Column("finished_at", Instant, nullable=True),
    Column("failure", Text, nullable=True),
    Index(
        "ix_work_waiting",
        "requested_at",
        sqlite_where=text("finished_at IS NULL"),
        postgresql_where=text("finished_at IS NULL"),
    ),
)

# who was sent where: how often an officer went is asked by every later draw
assignments = Table(
    "assignments",
    metadata,
    Column("case_id", Uuid, ForeignKey("cases.case_id"), primary_key=True),
    Column("inspector_id", String(64), primary_key=True),
    Column("jurisdiction", String(32), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Index("ix_assignments_jurisdiction", "jurisdiction", "opened_at"),
)

publications = Table(
    "publications",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),  # plan, task, list, result, decision …
    Column("jurisdiction", String(32), nullable=False),
    Column("number", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("department", String(64), nullable=True),
    Column("subject_id", String(64), nullable=True),
    Column("body", LargeBinary, nullable=False),
    Column("published_at", Instant, nullable=False),
    Index("ix_publications_kind", "jurisdiction", "kind", "published_at"),
    Index("ix_publications_subject_id", "subject_id"),
)

counters = Table(
    "counters",
    metadata,
    Column("jurisdiction", String(32), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("value", Integer, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("element", String(120), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("saved_at", Instant, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("incident", String(32), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("case_id", Uuid, nullable=True),
    Column("actor", String(64), nullable=False),
    Column("what", String(80), nullable=False),
    Column("trace", Text, nullable=False),
)

access_log = Table(
    "access_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("person", String(64), nullable=False),
    Column("what", Text, nullable=False),
    Column("granted", Boolean, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

# ---------------------------------------------------------------- people

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
