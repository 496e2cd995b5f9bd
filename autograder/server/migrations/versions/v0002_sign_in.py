"""Where a link comes from; sign-in by an LMS or JupyterHub; marks for an LMS."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column and the tables."""
    source = sa.Column("source", sa.String, nullable=False, server_default="invite")
    op.add_column("link", source)
    op.create_table(
        "pending_login",
        sa.Column("state_hash", sa.String, primary_key=True),
        *_texts("nonce", "provider"),
        sa.Column("expires", sa.Float, nullable=False),
    )
    _make_lms_people()
    _make_lms_grades()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def _refer(name: str, target: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.ForeignKey(target), nullable=False)


def _make_lms_people() -> None:
    op.create_table(
        "lms_course",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("platform", "context", "title", "members_url"),
        sa.UniqueConstraint("platform", "context"),
    )
    op.create_table(
        "lms_user",
        sa.Column("id", sa.Integer, primary_key=True),
        _refer("course_id", "lms_course.id"),
        *_texts("subject", "name", "email", "sourcedid"),
        sa.Column("person", sa.String),
        sa.UniqueConstraint("course_id", "subject"),
        sa.UniqueConstraint("course_id", "person"),
    )


def _make_lms_grades() -> None:
    op.create_table(
        "line_item",
        sa.Column("id", sa.Integer, primary_key=True),
        _refer("course_id", "lms_course.id"),
        *_texts("lab", "url"),
        sa.UniqueConstraint("course_id", "url"),
    )
    op.create_table(
        "lms_grade",
        sa.Column("id", sa.Integer, primary_key=True),
        _refer("line_item_id", "line_item.id"),
        _refer("user_id", "lms_user.id"),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("max_score", sa.Float, nullable=False),
        sa.Column("stamp", sa.BigInteger, nullable=False),
        *_texts("state", "problem"),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try", sa.Float, nullable=False),
        sa.UniqueConstraint("line_item_id", "user_id"),
    )
    op.create_index("grade_to_send", "lms_grade", ["state", "next_try"])
