"""The queue of jobs, in the server's database: workers claim rows, and leases run out."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from autograder.server.database import Database
from autograder.server.tables import Attempt, Held, Job, JobKind, JobState, Student

LEASE_SECONDS = 20.0
MOST_TRIES = 5


class JobQueue:
    """The jobs as a worker sees them.

    Args:
        database: The server's database.
        worker: The name of the worker, different from all others'.
    """

    def __init__(self, database: Database, worker: str) -> None:
        self._database, self._worker = database, worker

    def claim(self) -> Job | None:
        """Take the next job: the first of each student comes before anyone's second.

        A job whose lease has run out counts as waiting. A student has one running job at most.
        """
        now = time.time()
        with self._database.read() as session:
            # Most of the time there is nothing to do: that must not lock the database.
            if session.scalar(select(Job.id).where(_is_open(now)).limit(1)) is None:
                return None
        with self._database.write() as session:
            job = session.scalar(
                _order_jobs(now).limit(1).with_for_update(skip_locked=True, of=Job)
            )
            if job is None:
                return None
            # Another worker may take one of this student's jobs at this moment.
            session.execute(
                select(Student.id).where(Student.id == job.student_id).with_for_update()
            )
            taken = session.execute(
                update(Job)
                .where(Job.id == job.id, _is_open(now), ~_runs_already(now))
                .values(
                    state=JobState.RUNNING.value,
                    worker=self._worker,
                    lease_until=now + LEASE_SECONDS,
                    tries=Job.tries + 1,
                    started=now,
                )
                .execution_options(synchronize_session=False)
            )
            if taken.rowcount != 1:  # type: ignore[attr-defined]
                return None
            session.refresh(job)
            return job

    def renew(self, jobs: list[int]) -> None:
        """Say that this worker still works on these jobs."""
        if jobs:
            with self._database.write() as session:
                mine = (Job.id.in_(jobs), Job.worker == self._worker)
                until = time.time() + LEASE_SECONDS
                session.execute(update(Job).where(*mine).values(lease_until=until))

    def take_back(self, session: Session, job: Job) -> bool:
        """Whether the job is still this worker's, in a session that then finishes it."""
        mine = select(Job.id).where(
            Job.id == job.id, Job.worker == self._worker, Job.state == JobState.RUNNING.value
        )
        return session.scalar(mine.with_for_update()) is not None

    def delay(self, job: Job, problem: str, costs_try: bool) -> None:
        """Let a job wait for the length of a lease, and be tried again.

        Args:
            job: The job.
            problem: Why, for the instructor.
            costs_try: Whether the try counts among the `MOST_TRIES`.
        """
        tries = Job.tries if costs_try else Job.tries - 1
        until = time.time() + LEASE_SECONDS
        with self._database.write() as session:
            session.execute(
                update(Job)
                .where(Job.id == job.id, Job.worker == self._worker)
                .values(worker="", lease_until=until, tries=tries, problem=problem[:500])
            )

    def return_job(self, job: Job) -> None:
        """Let the job wait again, as if it had not been claimed."""
        with self._database.write() as session:
            session.execute(
                update(Job)
                .where(Job.id == job.id, Job.worker == self._worker)
                .values(state=JobState.WAITING.value, worker="", tries=Job.tries - 1)
            )


def release_jobs(database: Database, worker: str) -> None:
    """Let the jobs of a worker that has died wait again, before their leases run out."""
    with database.write() as session:
        mine = (Job.worker == worker, Job.state == JobState.RUNNING.value)
        session.execute(update(Job).where(*mine).values(state=JobState.WAITING.value, worker=""))


def count_before(session: Session, job: Job) -> int:
    """How many waiting jobs come before a waiting job."""
    ranked = _rank_jobs(time.time()).subquery()
    own = select(ranked.c.turn, ranked.c.kind).where(ranked.c.id == job.id)
    found = session.execute(own).first()
    if found is None:
        return 0
    turn, kind = found
    before = or_(
        ranked.c.kind < kind,
        and_(ranked.c.kind == kind, ranked.c.turn < turn),
        and_(ranked.c.kind == kind, ranked.c.turn == turn, ranked.c.id < job.id),
    )
    return session.scalar(select(func.count()).select_from(ranked).where(before)) or 0


def count_jobs(session: Session, lab: str | None = None) -> dict[str, int]:
    """How many jobs are in each state."""
    query = select(Job.state, func.count()).group_by(Job.state)
    if lab is not None:
        query = query.join(Attempt, Attempt.id == Job.attempt_id).where(Attempt.lab == lab)
    return {state: number for state, number in session.execute(query)}


def _is_open(now: float) -> ColumnElement[bool]:
    """Whether a job waits, or its worker has not been heard of for too long."""
    return or_(
        Job.state == JobState.WAITING.value,
        and_(Job.state == JobState.RUNNING.value, Job.lease_until < now),
    )


def _runs_already(now: float) -> ColumnElement[bool]:
    """Whether another job of the same student runs."""
    other = aliased(Job)
    return (
        select(other.id)
        .where(
            other.student_id == Job.student_id,
            other.id != Job.id,
            other.state == JobState.RUNNING.value,
            other.lease_until >= now,
        )
        .correlate(Job)
        .exists()
    )


def _rank_jobs(now: float) -> Select[Any]:
    """Open jobs with their kind's priority and their turn among the student's own.

    What was graded since the oldest open job came counts, too: a student who submits again and
    again does not stay in front.
    """
    # What an instructor confirmed comes first, a re-grading of the whole class last.
    kind = case(
        (Job.kind == JobKind.RECORD.value, 0), (Job.kind == JobKind.GRADE.value, 1), else_=2
    )
    turn = func.row_number().over(partition_by=(Job.student_id, kind), order_by=Job.id)
    busy_since = select(func.min(Job.created)).where(_is_open(now)).scalar_subquery()
    ranked = (
        select(Job.id, kind.label("kind"), turn.label("turn"), _is_open(now).label("is_open"))
        .join(Attempt, Attempt.id == Job.attempt_id)
        .where(
            or_(_is_open(now), Job.finished >= busy_since, Job.state == JobState.RUNNING.value),
            Attempt.lab.not_in(select(Held.lab)),
        )
        .subquery()
    )
    return select(ranked.c.id, ranked.c.kind, ranked.c.turn).where(ranked.c.is_open)


def _order_jobs(now: float) -> Select[Any]:
    """The jobs that may be claimed, in their order."""
    ranked = _rank_jobs(now).subquery()
    return (
        select(Job)
        .join(ranked, ranked.c.id == Job.id)
        .where(~_runs_already(now))
        .order_by(ranked.c.kind, ranked.c.turn, Job.id)
    )
