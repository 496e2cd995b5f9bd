"""The first version: links, sessions, attempts, jobs, re-gradings and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _make_people()
    _make_attempts()
    _make_jobs()
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        *_texts("actor", "action", "lab", "person", "before", "after"),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def _make_people() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("role", "person", "name"),
        sa.Column("token_hash", sa.String, nullable=False, unique=True),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("revoked", sa.Float),
    )
    op.create_index("ix_link_person", "link", ["person"])
    op.create_table(
        "web_session",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key_hash", sa.String, nullable=False, unique=True),
        *_texts("csrf"),
        sa.Column("expires", sa.Float, nullable=False),
        sa.Column("link_id", sa.Integer, sa.ForeignKey("link.id"), nullable=False),
    )
    op.create_table(
        "student",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person", sa.String, nullable=False, unique=True),
    )


def _make_attempts() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("receipt", sa.String, nullable=False, unique=True),
        sa.Column("student_id", sa.Integer, sa.ForeignKey("student.id"), nullable=False),
        *_texts("lab", "file_name", "suffix", "sha256"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("received", sa.Float, nullable=False),
        sa.Column("counts", sa.Boolean, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("max_score", sa.Float),
        sa.Column("verdict", sa.String),
        sa.UniqueConstraint("student_id", "lab", "number"),
    )
    op.create_index("attempt_of_lab", "attempt", ["lab", "counts"])


def _make_jobs() -> None:
    op.create_table(
        "regrade",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("lab", "actor", "state"),
        sa.Column("created", sa.Float, nullable=False),
    )
    op.create_index("ix_regrade_lab", "regrade", ["lab"])
    op.create_table(
        "job",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("kind", "state", "worker", "problem"),
        sa.Column("attempt_id", sa.Integer, sa.ForeignKey("attempt.id"), nullable=False),
        sa.Column("student_id", sa.Integer, sa.ForeignKey("student.id"), nullable=False),
        sa.Column("regrade_id", sa.Integer, sa.ForeignKey("regrade.id")),
        sa.Column("lease_until", sa.Float, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        *(sa.Column(name, sa.Float) for name in ("started", "finished", "before", "score")),
    )
    op.create_index("job_to_do", "job", ["state", "lease_until"])
    op.create_index("ix_job_attempt_id", "job", ["attempt_id"])
    op.create_index("ix_job_regrade_id", "job", ["regrade_id"])
    op.create_table(
        "held",
        sa.Column("lab", sa.String, primary_key=True),
        *_texts("reason"),
    )
