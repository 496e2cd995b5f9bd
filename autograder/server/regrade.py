"""Grades a lab again after its tests were fixed; nothing counts before a person confirms it."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.course.course import Course, Lab
from autograder.files import write_atomically
from autograder.results.results import Result
from autograder.server.counting import Counting, mark_counting
from autograder.server.database import Database, add_audit
from autograder.server.receive import attempt_path
from autograder.server.refused import RefusedError
from autograder.server.tables import Attempt, Job, JobKind, JobState, Regrade, RegradeState


@dataclass(frozen=True)
class Change:
    """A row of the table before and after.

    Args:
        attempt: The attempt.
        before: Its points when the re-grading began.
        after: Its points by the new tests; None while it is not graded again.
    """

    attempt: Attempt
    before: float | None
    after: float | None

    @property
    def is_changed(self) -> bool:
        """Whether the points are others."""
        return self.after is not None and self.after != self.before


def start_regrade(database: Database, lab: Lab, actor: str) -> int:
    """Queue the attempts at a lab to be graded again; returns the re-grading's number.

    Under `counts = "best"`, all attempts: by the new tests, another one may be the best.

    Raises:
        RefusedError: One is open already, or nothing has been graded.
    """
    with database.write() as session:
        if _find_open(session, lab) is not None:
            raise RefusedError(409, "A re-grading of this lab is open.", "Confirm or drop it.")
        graded = select(Attempt).where(Attempt.lab == lab.name, Attempt.score.is_not(None))
        if lab.server.counts == "last":
            graded = graded.where(Attempt.counts)
        attempts = list(session.scalars(graded))
        if not attempts:
            raise RefusedError(409, "No attempt at this lab has been graded.", "")
        regrade = Regrade(lab=lab.name, actor=actor, created=time.time())
        session.add(regrade)
        session.flush()
        session.add_all(_make_job(JobKind.REGRADE, attempt, regrade.id) for attempt in attempts)
        add_audit(session, actor, "regrade", lab=lab.name, after=f"{len(attempts)} attempts")
        return regrade.id


def list_changes(session: Session, regrade_id: int) -> list[Change]:
    """The table before and after; the largest changes first."""
    jobs = session.scalars(
        select(Job).where(Job.regrade_id == regrade_id, Job.kind == JobKind.REGRADE.value)
    )
    changes = [Change(job.attempt, job.before, job.score) for job in jobs]
    return sorted(changes, key=lambda one: -abs((one.after or 0.0) - (one.before or 0.0)))


def confirm_regrade(
    course: Course, database: Database, lab: Lab, regrade_id: int, actor: str
) -> None:
    """Let the new marks count: queue their recording.

    Raises:
        RefusedError: It is not open, or not everything is graded again.
    """
    with database.write() as session:
        regrade = _lock_regrade(session, lab, regrade_id)
        changes = list_changes(session, regrade.id)
        if any(change.after is None for change in changes):
            raise RefusedError(409, "Not every attempt has been graded again.", "Wait for it.")
        by_student: dict[int, list[tuple[Attempt, float]]] = defaultdict(list)
        for change in changes:
            by_student[change.attempt.student_id].append((change.attempt, change.after or 0.0))
            session.add(_make_job(JobKind.RECORD, change.attempt, regrade.id))
        if lab.server.counts == "best":
            counting = Counting(course, lab)
            for attempts in by_student.values():
                if (chosen := counting.choose(attempts)) is not None:
                    mark_counting(session, chosen)
        regrade.state = RegradeState.CONFIRMED.value
        number = sum(change.is_changed for change in changes)
        add_audit(session, actor, "confirm re-grading", lab=lab.name, after=f"{number} changes")


def drop_regrade(course: Course, database: Database, lab: Lab, regrade_id: int, actor: str) -> None:
    """Leave all marks as they are.

    Raises:
        RefusedError: It is not open.
    """
    with database.write() as session:
        regrade = _lock_regrade(session, lab, regrade_id)
        regrade.state = RegradeState.DROPPED.value
        jobs = list(session.scalars(select(Job).where(Job.regrade_id == regrade.id)))
        for job in jobs:
            if job.state == JobState.WAITING:
                job.state = JobState.DONE.value
        add_audit(session, actor, "drop re-grading", lab=lab.name)
    for job in jobs:
        _result_path(course, job).unlink(missing_ok=True)


def find_regrade(session: Session, lab: Lab, regrade_id: int) -> Regrade | None:
    """A re-grading of a lab by its number."""
    found: Regrade | None = session.scalar(
        select(Regrade).where(Regrade.id == regrade_id, Regrade.lab == lab.name)
    )
    return found


def list_regrades(session: Session, lab: Lab) -> list[Regrade]:
    """The re-gradings of a lab, the newest first."""
    found = select(Regrade).where(Regrade.lab == lab.name).order_by(Regrade.id.desc())
    return list(session.scalars(found))


def write_result(course: Course, job: Job, result: Result) -> None:
    """Keep the result of a re-grading until a person confirms it."""
    write_atomically(_result_path(course, job), result.as_json())


def read_result(course: Course, job: Job) -> Result:
    """The result that `write_result` kept.

    Raises:
        OSError, ValueError, KeyError: It is missing or damaged.
    """
    return Result.from_json(_result_path(course, job).read_text(encoding="utf-8"))


def delete_result(course: Course, job: Job) -> None:
    """Delete what `write_result` kept."""
    _result_path(course, job).unlink(missing_ok=True)


def _result_path(course: Course, job: Job) -> Path:
    path = attempt_path(course, job.attempt)
    return path.with_name(f"{job.attempt.receipt}.regrade-{job.regrade_id}.json")


def _make_job(kind: JobKind, attempt: Attempt, regrade_id: int) -> Job:
    return Job(
        kind=kind.value,
        attempt_id=attempt.id,
        student_id=attempt.student_id,
        regrade_id=regrade_id,
        created=time.time(),
        before=attempt.score,
    )


def _find_open(session: Session, lab: Lab) -> Regrade | None:
    opened: Regrade | None = session.scalar(
        select(Regrade).where(Regrade.lab == lab.name, Regrade.state == RegradeState.OPEN.value)
    )
    return opened


def _lock_regrade(session: Session, lab: Lab, regrade_id: int) -> Regrade:
    regrade: Regrade | None = session.scalar(
        select(Regrade).where(Regrade.id == regrade_id, Regrade.lab == lab.name).with_for_update()
    )
    if regrade is None:
        raise RefusedError(404, "This re-grading was not found.", "")
    if regrade.state != RegradeState.OPEN:
        raise RefusedError(409, f"This re-grading is {regrade.state} already.", "")
    return regrade
