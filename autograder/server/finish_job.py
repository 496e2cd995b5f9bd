"""Writes what became of a job: marks, feedback, and the row of its attempt."""

from __future__ import annotations

import time

from sqlalchemy.orm import Session

from autograder.course.course import Course
from autograder.results.results import Result
from autograder.server.counting import Counting, list_graded, mark_counting
from autograder.server.database import Database, add_audit
from autograder.server.job_queue import MOST_TRIES, JobQueue
from autograder.server.lab_grading import LabGrading
from autograder.server.regrade import delete_result, write_result
from autograder.server.tables import Attempt, Job, JobKind, JobState


class JobFinisher:
    """Finishes jobs of one worker.

    Args:
        database: The server's database.
        queue: The worker's view of the queue.
    """

    def __init__(self, database: Database, queue: JobQueue) -> None:
        self._database, self._queue = database, queue

    def finish(self, course: Course, grading: LabGrading, job: Job, result: Result) -> None:
        """Write a job's result. Doing it twice, after a kill, changes nothing.

        Raises:
            AutograderError, OSError, SQLAlchemyError: Nothing can be written now.
        """
        if job.kind == JobKind.REGRADE:
            write_result(course, job, result)
            self._close(job, result)
            return
        if self._counts(course, grading, job, result):
            grading.record(job.attempt, result)
        self._close(job, result, grading)
        if job.kind == JobKind.RECORD:
            delete_result(course, job)

    def _counts(self, course: Course, grading: LabGrading, job: Job, result: Result) -> bool:
        """Whether the attempt is the one that counts, with this result."""
        with self._database.read() as session:
            attempt = session.get_one(Attempt, job.attempt_id)
            if job.kind == JobKind.RECORD:
                return attempt.counts
            graded = list_graded(session, attempt.student_id, grading.lab)
            attempt.max_score = result.verdict.max_score
            others = [(one, one.score or 0.0) for one in graded if one.id != attempt.id]
            chosen = Counting(course, grading.lab).choose(
                [*others, (attempt, result.verdict.score)]
            )
            return chosen is attempt

    def _close(self, job: Job, result: Result, grading: LabGrading | None = None) -> None:
        """Write the rows of a job and, if `grading` is set, of its attempt."""
        with self._database.write() as session:
            if not self._queue.take_back(session, job):
                return  # its lease ran out, and another worker has it
            row = session.get_one(Job, job.id)
            row.state = (JobState.FAILED if job.tries > MOST_TRIES else JobState.DONE).value
            row.finished, row.score, row.problem = time.time(), result.verdict.score, ""
            if grading is not None:
                self._write_attempt(session, row, result, grading)

    def _write_attempt(
        self, session: Session, job: Job, result: Result, grading: LabGrading
    ) -> None:
        attempt, before = job.attempt, job.attempt.score
        attempt.score, attempt.max_score = result.verdict.score, result.verdict.max_score
        attempt.verdict = grading.make_shown_verdict(result).as_json()
        if job.kind == JobKind.GRADE:
            graded = list_graded(session, attempt.student_id, grading.lab)
            counting = Counting(grading.course, grading.lab)
            chosen = counting.choose([(one, one.score or 0.0) for one in graded])
            if chosen is not None:
                mark_counting(session, chosen)
        if before != attempt.score:
            add_audit(
                session,
                "the server",
                "re-graded" if job.kind == JobKind.RECORD else "graded",
                lab=attempt.lab,
                person=attempt.student.person,
                before="" if before is None else f"{before:g}",
                after=f"{attempt.score:g} of {attempt.max_score:g}, attempt {attempt.number}",
            )
