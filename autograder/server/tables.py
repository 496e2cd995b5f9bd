"""The tables of the server's database. Times are seconds since 1970, in UTC."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from autograder.engine.wire.string_enum import StringEnum


class Role(StringEnum):
    """What a link allows."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"


class JobKind(StringEnum):
    """What a worker does with an attempt."""

    GRADE = "grade"
    REGRADE = "regrade"  # grades it again and keeps the result until a person confirms it
    RECORD = "record"  # records the result that a person confirmed


class JobState(StringEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RegradeState(StringEnum):
    """Where a re-grading of a lab is."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


class Source(StringEnum):
    """Where a link comes from, and so who says that its person may come in."""

    INVITE = "invite"  # a personal link of `autograder invite`
    NOTEBOOK = "notebook"  # one that a student made for `hand_in`
    LTI = "lti"  # the LMS; the link only holds the person's sessions, and nobody has its token
    HUB = "jupyterhub"  # JupyterHub, likewise


class GradeState(StringEnum):
    """Where a mark for an LMS is."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Base(DeclarativeBase):
    """The base of all tables."""


class Link(Base):
    """A personal link; its token is stored as a hash.

    `person` is the student's id, or the name of an instructor.
    """

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    person: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created: Mapped[float]
    revoked: Mapped[float | None]
    source: Mapped[str] = mapped_column(default=Source.INVITE.value)


class WebSession(Base):
    """A browser that came in by a link."""

    __tablename__ = "web_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    csrf: Mapped[str]
    expires: Mapped[float]
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"))
    link: Mapped[Link] = relationship(lazy="joined")


class Student(Base):
    """A student of the class; the row is locked while an attempt is added."""

    __tablename__ = "student"

    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(unique=True)


class Attempt(Base):
    """A file that a student submitted; `verdict` is JSON, without what hidden tests say."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("student_id", "lab", "number"),
        Index("attempt_of_lab", "lab", "counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(unique=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"))
    student: Mapped[Student] = relationship(lazy="joined")
    lab: Mapped[str]
    number: Mapped[int]
    file_name: Mapped[str]
    suffix: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    received: Mapped[float]
    counts: Mapped[bool] = mapped_column(default=False)
    score: Mapped[float | None]
    max_score: Mapped[float | None]
    verdict: Mapped[str | None]
    jobs: Mapped[list[Job]] = relationship(back_populates="attempt", order_by="Job.id")


class Regrade(Base):
    """A re-grading of a lab."""

    __tablename__ = "regrade"

    id: Mapped[int] = mapped_column(primary_key=True)
    lab: Mapped[str] = mapped_column(index=True)
    actor: Mapped[str]
    created: Mapped[float]
    state: Mapped[str] = mapped_column(default=RegradeState.OPEN.value)


class Job(Base):
    """Work for a worker. A lease that has run out lets another worker take it."""

    __tablename__ = "job"
    __table_args__ = (Index("job_to_do", "state", "lease_until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    attempt: Mapped[Attempt] = relationship(back_populates="jobs", lazy="joined")
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"))
    regrade_id: Mapped[int | None] = mapped_column(ForeignKey("regrade.id"), index=True)
    state: Mapped[str] = mapped_column(default=JobState.WAITING.value)
    worker: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[float] = mapped_column(default=0.0)
    tries: Mapped[int] = mapped_column(default=0)
    created: Mapped[float]
    started: Mapped[float | None]
    finished: Mapped[float | None]
    before: Mapped[float | None]
    score: Mapped[float | None]
    problem: Mapped[str] = mapped_column(default="")


class Held(Base):
    """A lab that cannot be graded now, and why; its jobs wait."""

    __tablename__ = "held"

    lab: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]


class Audit(Base):
    """Who changed what: marks, dates, links."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[float]
    actor: Mapped[str]
    action: Mapped[str]
    lab: Mapped[str] = mapped_column(default="")
    person: Mapped[str] = mapped_column(default="")
    before: Mapped[str] = mapped_column(default="")
    after: Mapped[str] = mapped_column(default="")


class PendingLogin(Base):
    """A sign-in that began and is with the LMS or the Hub; it is used once."""

    __tablename__ = "pending_login"

    state_hash: Mapped[str] = mapped_column(primary_key=True)
    nonce: Mapped[str]
    provider: Mapped[str]
    expires: Mapped[float]


class LmsCourse(Base):
    """A course of an LMS whose members are the class; `platform` is `LtiPlatform.key`."""

    __tablename__ = "lms_course"
    __table_args__ = (UniqueConstraint("platform", "context"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    context: Mapped[str]
    title: Mapped[str]
    members_url: Mapped[str] = mapped_column(default="")


class LmsUser(Base):
    """A student as an LMS knows them; `person` is the id in the roster, once that is known."""

    __tablename__ = "lms_user"
    __table_args__ = (
        UniqueConstraint("course_id", "subject"),
        UniqueConstraint("course_id", "person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"))
    course: Mapped[LmsCourse] = relationship(lazy="joined")
    subject: Mapped[str]
    name: Mapped[str]
    email: Mapped[str]
    sourcedid: Mapped[str]
    person: Mapped[str | None]


class LineItem(Base):
    """A column of an LMS's gradebook that takes the marks of a lab."""

    __tablename__ = "line_item"
    __table_args__ = (UniqueConstraint("course_id", "url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"))
    course: Mapped[LmsCourse] = relationship(lazy="joined")
    lab: Mapped[str]
    url: Mapped[str]


class LmsGrade(Base):
    """A mark that an LMS has or must get. `stamp`, in milliseconds, grows with each change."""

    __tablename__ = "lms_grade"
    __table_args__ = (
        UniqueConstraint("line_item_id", "user_id"),
        Index("grade_to_send", "state", "next_try"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id"))
    line_item: Mapped[LineItem] = relationship(lazy="joined")
    user_id: Mapped[int] = mapped_column(ForeignKey("lms_user.id"))
    user: Mapped[LmsUser] = relationship(lazy="joined")
    score: Mapped[float]
    max_score: Mapped[float]
    stamp: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(default=GradeState.WAITING.value)
    tries: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[float] = mapped_column(default=0.0)
    problem: Mapped[str] = mapped_column(default="")
