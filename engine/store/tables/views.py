"""Views and queues: what is open, due, to be sent, shown or counted; made from the record again."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
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
