"""The record, its views and queues, the registries, the people: the first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.schema import lock_events

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_table(
        "artefacts",
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("media", sa.String(length=80), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_artefacts")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # large lists are read in pieces, which compressed values cannot be
        op.execute("ALTER TABLE artefacts ALTER COLUMN content SET STORAGE EXTERNAL")
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lead", sa.String(length=64), nullable=True),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("matter", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    op.create_index(
        "ix_cases_jurisdiction_process",
        "cases",
        ["jurisdiction", "process", "opened_at"],
        unique=False,
    )
    op.create_index(
        "ix_cases_parent_process", "cases", ["parent_id", "process", "closed_at"], unique=False
    )
    op.create_index("ix_cases_subject_id", "cases", ["subject_id"], unique=False)
    op.create_table(
        "confidential",
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_confidential")),
    )
    op.create_table(
        "counters",
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction", "year", "kind", name=op.f("pk_counters")),
    )
    op.create_table(
        "drafts",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "element", "key", "person", name=op.f("pk_drafts")),
    )
    op.create_table(
        "events",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_events")),
    )
    op.create_table(
        "frame_counts",
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("snapshot", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column(
            "unit_id",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "jurisdiction", "snapshot", "name", "unit_id", name=op.f("pk_frame_counts")
        ),
    )
    op.create_table(
        "hits",
        sa.Column("limit_key", sa.String(length=160), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("limit_key", name=op.f("pk_hits")),
    )
    op.create_table(
        "incidents",
        sa.Column("incident", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident", name=op.f("pk_incidents")),
    )
    op.create_table(
        "leaves",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=True),
        sa.Column("leaf", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_leaves")),
        sa.UniqueConstraint("leaf", name=op.f("uq_leaves_leaf")),
    )
    op.create_index(
        "ix_leaves_unnumbered",
        "leaves",
        ["xid", "case_id", "seq"],
        unique=False,
        sqlite_where=sa.text("leaf IS NULL"),
        postgresql_where=sa.text("leaf IS NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("progress", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "seq", "part", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_undelivered",
        "outbox",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("delivered_at IS NULL"),
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_table(
        "people",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("inspector_id", sa.String(length=64), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_people")),
        sa.UniqueConstraint("inspector_id", name=op.f("uq_people_inspector_id")),
        sa.UniqueConstraint("login", name=op.f("uq_people_login")),
    )
    op.create_table(
        "personal",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "digest", name=op.f("pk_personal")),
    )
    op.create_table(
        "publications",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=True),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "seq", "part", name=op.f("pk_publications")),
    )
    op.create_index(
        "ix_publications_kind",
        "publications",
        ["jurisdiction", "kind", "published_at"],
        unique=False,
    )
    op.create_index("ix_publications_subject_id", "publications", ["subject_id"], unique=False)
    op.create_table(
        "recusals",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("inspector_id", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_recusals")),
    )
    op.create_index(
        "ix_recusals_jurisdiction", "recusals", ["jurisdiction", "inspector_id"], unique=False
    )
    op.create_table(
        "refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("command", sa.String(length=48), nullable=False),
        sa.Column("command_hash", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
    )
    op.create_index("ix_refusals_case_id", "refusals", ["case_id"], unique=False)
    op.create_table(
        "registry_batches",
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("snapshot_on", sa.Date(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction", "batch", name=op.f("pk_registry_batches")),
    )
    op.create_index(
        "ix_registry_batches_kind",
        "registry_batches",
        ["jurisdiction", "kind", "batch"],
        unique=False,
    )
    op.create_table(
        "registry_carrier_links",
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column(
            "carrier_id",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "subject_id",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("from_batch", sa.Integer(), nullable=False),
        sa.Column("to_batch", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint(
            "jurisdiction",
            "carrier_id",
            "subject_id",
            "from_batch",
            name=op.f("pk_registry_carrier_links"),
        ),
    )
    op.create_index(
        "ix_registry_carrier_links_subject_id",
        "registry_carrier_links",
        ["jurisdiction", "subject_id"],
        unique=False,
    )
    op.create_table(
        "registry_carriers",
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column(
            "carrier_id",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("from_batch", sa.Integer(), nullable=False),
        sa.Column("to_batch", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("carrier_type", sa.String(length=8), nullable=False),
        sa.Column("subjects", sa.Text(), server_default="", nullable=False),
        sa.Column("district", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("risk_tier", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("regulators", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint(
            "jurisdiction", "carrier_id", "from_batch", name=op.f("pk_registry_carriers")
        ),
    )
    op.create_index(
        "ix_registry_carriers_to_batch",
        "registry_carriers",
        ["jurisdiction", "to_batch"],
        unique=False,
    )
    op.create_index(
        "ux_registry_carriers_current",
        "registry_carriers",
        ["jurisdiction", "carrier_id"],
        unique=True,
        sqlite_where=sa.text("to_batch IS NULL"),
        postgresql_where=sa.text("to_batch IS NULL"),
    )
    op.create_table(
        "registry_inspectors",
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column(
            "inspector_id",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("from_batch", sa.Integer(), nullable=False),
        sa.Column("to_batch", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("inspector_class", sa.String(length=16), nullable=False),
        sa.Column("certificate_no", sa.Text(), server_default="", nullable=False),
        sa.Column("certificate_issuer", sa.Text(), server_default="", nullable=False),
        sa.Column("certificate_until", sa.Date(), nullable=True),
        sa.Column("position_rank", sa.String(length=16), nullable=False),
        sa.Column("position_title", sa.Text(), server_default="", nullable=False),
        sa.Column("items", sa.Text(), server_default="", nullable=False),
        sa.Column("level", sa.Text(), server_default="", nullable=False),
        sa.Column("district", sa.Text(), server_default="", nullable=False),
        sa.Column("expert", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=True),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint(
            "jurisdiction", "inspector_id", "from_batch", name=op.f("pk_registry_inspectors")
        ),
    )
    op.create_index(
        "ix_registry_inspectors_department",
        "registry_inspectors",
        ["jurisdiction", "department"],
        unique=False,
    )
    op.create_index(
        "ix_registry_inspectors_to_batch",
        "registry_inspectors",
        ["jurisdiction", "to_batch"],
        unique=False,
    )
    op.create_index(
        "ux_registry_inspectors_current",
        "registry_inspectors",
        ["jurisdiction", "inspector_id"],
        unique=True,
        sqlite_where=sa.text("to_batch IS NULL"),
        postgresql_where=sa.text("to_batch IS NULL"),
    )
    op.create_table(
        "registry_items",
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column(
            "item_code",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("from_batch", sa.Integer(), nullable=False),
        sa.Column("to_batch", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("item_class", sa.String(length=8), nullable=False),
        sa.Column("basis", sa.Text(), server_default="", nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("method", sa.Text(), server_default="", nullable=False),
        sa.Column("standard", sa.Text(), server_default="", nullable=False),
        sa.Column("disposition", sa.Text(), server_default="", nullable=False),
        sa.Column("list_sources", sa.Text(), server_default="", nullable=False),
        sa.Column("ratio", sa.Text(), server_default="", nullable=False),
        sa.Column("frequency", sa.Text(), server_default="", nullable=False),
        sa.Column("impl_item_code", sa.Text(), server_default="", nullable=False),
        sa.Column("check_subjects", sa.Text(), server_default="", nullable=False),
        sa.Column("level", sa.Text(), server_default="", nullable=False),
        sa.Column("fields", sa.Text(), server_default="", nullable=False),
        sa.Column("partners", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("full_coverage", sa.Boolean(), nullable=False),
        sa.Column("full_coverage_ground", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint(
            "jurisdiction", "item_code", "from_batch", name=op.f("pk_registry_items")
        ),
    )
    op.create_index(
        "ix_registry_items_department",
        "registry_items",
        ["jurisdiction", "department"],
        unique=False,
    )
    op.create_index(
        "ix_registry_items_to_batch", "registry_items", ["jurisdiction", "to_batch"], unique=False
    )
    op.create_index(
        "ux_registry_items_current",
        "registry_items",
        ["jurisdiction", "item_code"],
        unique=True,
        sqlite_where=sa.text("to_batch IS NULL"),
        postgresql_where=sa.text("to_batch IS NULL"),
    )
    op.create_table(
        "registry_institutions",
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column(
            "institution_id",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("from_batch", sa.Integer(), nullable=False),
        sa.Column("to_batch", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("qualification", sa.Text(), server_default="", nullable=False),
        sa.Column("qualification_until", sa.Date(), nullable=True),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("items", sa.Text(), server_default="", nullable=False),
        sa.Column("contract_no", sa.Text(), server_default="", nullable=False),
        sa.Column("contract_from", sa.Date(), nullable=True),
        sa.Column("contract_until", sa.Date(), nullable=True),
        sa.Column("contract_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("reports", sa.Text(), server_default="", nullable=False),
        sa.Column("false_reports", sa.Text(), server_default="", nullable=False),
        sa.Column("falsity_ground", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint(
            "jurisdiction", "institution_id", "from_batch", name=op.f("pk_registry_institutions")
        ),
    )
    op.create_index(
        "ix_registry_institutions_to_batch",
        "registry_institutions",
        ["jurisdiction", "to_batch"],
        unique=False,
    )
    op.create_index(
        "ux_registry_institutions_current",
        "registry_institutions",
        ["jurisdiction", "institution_id"],
        unique=True,
        sqlite_where=sa.text("to_batch IS NULL"),
        postgresql_where=sa.text("to_batch IS NULL"),
    )
    op.create_table(
        "registry_lists",
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("from_batch", sa.Integer(), nullable=False),
        sa.Column("to_batch", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("item_code", sa.String(length=64), nullable=False),
        sa.Column("filters", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "jurisdiction", "code", "from_batch", name=op.f("pk_registry_lists")
        ),
    )
    op.create_table(
        "registry_subjects",
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column(
            "subject_id",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("from_batch", sa.Integer(), nullable=False),
        sa.Column("to_batch", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("registration_no", sa.String(length=15), nullable=True),
        sa.Column("category", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("district", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("industry", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_person", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("risk_tier", sa.String(length=8), nullable=False),
        sa.Column("tier_source", sa.Text(), server_default="", nullable=False),
        sa.Column("tier_date", sa.Date(), nullable=True),
        sa.Column("credit_level", sa.String(length=8), nullable=False),
        sa.Column("key_industry", sa.String(length=8), nullable=True),
        sa.Column("abnormal_listed", sa.Boolean(), nullable=True),
        sa.Column("repeated_complaints", sa.Boolean(), nullable=True),
        sa.Column("serious_violation", sa.Boolean(), nullable=True),
        sa.Column("special_key_field", sa.Boolean(), nullable=True),
        sa.Column("key_grounds", sa.Text(), server_default="", nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("regulators", sa.Text(), server_default="", nullable=False),
        sa.Column("labels", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint(
            "jurisdiction", "subject_id", "from_batch", name=op.f("pk_registry_subjects")
        ),
    )
    op.create_index(
        "ix_registry_subjects_to_batch",
        "registry_subjects",
        ["jurisdiction", "to_batch"],
        unique=False,
    )
    op.create_index(
        "ux_registry_subjects_current",
        "registry_subjects",
        ["jurisdiction", "subject_id"],
        unique=True,
        sqlite_where=sa.text("to_batch IS NULL"),
        postgresql_where=sa.text("to_batch IS NULL"),
    )
    op.create_table(
        "agenda",
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("obligation", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("supervision", sa.Uuid(), nullable=True),
        sa.Column("settled_on", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint(
            "jurisdiction", "obligation", "department", "period", name=op.f("pk_agenda")
        ),
    )
    op.create_index("ix_agenda_next_at", "agenda", ["next_at"], unique=False)
    op.create_table(
        "successions",
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("former", sa.String(length=64), nullable=False),
        sa.Column("successor", sa.String(length=64), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("with_people", sa.Boolean(), nullable=False),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction", "former", name=op.f("pk_successions")),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "versions",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_versions")),
    )
    op.create_index(
        "ix_versions_process", "versions", ["jurisdiction", "process", "effective_at"], unique=False
    )
    op.create_table(
        "work",
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.Integer(), server_default="0", nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("address", "case_id", "element", name=op.f("pk_work")),
    )
    op.create_index(
        "ix_work_waiting",
        "work",
        ["requested_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "assignments",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("inspector_id", sa.String(length=64), nullable=False),
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.case_id"], name=op.f("fk_assignments_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "inspector_id", name=op.f("pk_assignments")),
    )
    op.create_index(
        "ix_assignments_jurisdiction", "assignments", ["jurisdiction", "opened_at"], unique=False
    )
    op.create_table(
        "positions",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("position", sa.String(length=64), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_positions_person")),
        sa.PrimaryKeyConstraint(
            "person", "department", "position", "from_at", name=op.f("pk_positions")
        ),
    )
    op.create_table(
        "sealed",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("commit", sa.String(length=64), nullable=False),
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "commit", name=op.f("pk_sealed")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=8), server_default="zh", nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.person"], name=op.f("fk_sessions_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_person"), "sessions", ["person"], unique=False)
    op.create_table(
        "timers",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=True),
        sa.Column("provisional", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_timers_case_id")),
        sa.PrimaryKeyConstraint("case_id", "element", "key", name=op.f("pk_timers")),
    )
    op.create_index("ix_timers_due_at", "timers", ["due_at"], unique=False)
    op.create_table(
        "worklist",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("seat", sa.String(length=160), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("case_title", sa.Text(), nullable=False),
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("jurisdiction", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_worklist_case_id")),
        sa.PrimaryKeyConstraint("case_id", "element", "key", "seat", name=op.f("pk_worklist")),
    )
    op.create_index("ix_worklist_holder", "worklist", ["holder"], unique=False)
    op.create_index("ix_worklist_seat", "worklist", ["seat", "due_at", "case_id"], unique=False)
    lock_events(op.get_bind())


def downgrade() -> None:
    """The record is never taken back: restore a backup instead."""
    message = "there is no way back before the first schema"
    raise RuntimeError(message)
