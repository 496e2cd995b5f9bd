"""An attempt as pages and programs show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.course.course import Course, Lab
from autograder.server.job_queue import count_before
from autograder.server.links import Visitor
from autograder.server.refused import RefusedError
from autograder.server.shown_marks import MarkReader, ShownMarks
from autograder.server.site import Site
from autograder.server.tables import Attempt, Held, Job, JobKind, JobState, Role, Student


@dataclass(frozen=True)
class AttemptView:
    """An attempt and where its grading is.

    Args:
        attempt: The attempt.
        state: "waiting", "running", "done" or "failed".
        place: How many come before it in the queue; None when it does not wait.
        problem: Why it waits, for the instructor.
        is_held: Whether its lab cannot be graded now.
    """

    attempt: Attempt
    state: JobState
    place: int | None
    problem: str
    is_held: bool

    @property
    def is_graded(self) -> bool:
        return self.attempt.verdict is not None

    @property
    def sentence(self) -> str:
        """Where its grading is, for the student."""
        if self.is_graded:
            return "graded"
        if self.is_held:
            return "waiting: your instructor has to repair the lab's tests first"
        if self.state is JobState.RUNNING:
            return "being graded"
        if self.place:
            return f"in the queue, {self.place} before it"
        return "next in the queue"


def view_attempt(session: Session, attempt: Attempt) -> AttemptView:
    """An attempt with the place of its job."""
    job: Job | None = session.scalar(
        select(Job).where(Job.attempt_id == attempt.id, Job.kind == JobKind.GRADE.value)
    )
    if job is None or attempt.verdict is not None:
        return AttemptView(attempt, JobState.DONE, None, "", False)
    state = JobState(job.state)
    place = count_before(session, job) if state is JobState.WAITING else None
    is_held = session.get(Held, attempt.lab) is not None
    return AttemptView(attempt, state, place, job.problem, is_held)


def list_attempts(session: Session, student: str, lab: Lab) -> list[AttemptView]:
    """A student's attempts at a lab, the newest first."""
    found = session.scalars(
        select(Attempt)
        .join(Student, Student.id == Attempt.student_id)
        .where(Student.person == student, Attempt.lab == lab.name)
        .order_by(Attempt.number.desc())
    )
    return [view_attempt(session, attempt) for attempt in found]


def find_attempt(session: Session, receipt: str, visitor: Visitor) -> Attempt:
    """An attempt by its receipt: one's own, or for an instructor anyone's.

    Raises:
        RefusedError: There is none, or it is another student's; which, is not said.
    """
    attempt: Attempt | None = session.scalar(select(Attempt).where(Attempt.receipt == receipt))
    is_own = attempt is not None and attempt.student.person == visitor.person
    if attempt is None or not (is_own or visitor.role is Role.INSTRUCTOR):
        raise RefusedError(404, "This attempt was not found.", "")
    return attempt


def find_lab_of(course: Course, attempt: Attempt) -> Lab:
    """The lab of an attempt.

    Raises:
        RefusedError: The course no longer has it.
    """
    for lab in course.labs():
        if lab.name == attempt.lab:
            return lab
    raise RefusedError(404, f"The course no longer has the lab {attempt.lab}.", "")


def format_time(course: Course, seconds: float) -> str:
    """A time in the course's zone."""
    moment = datetime.fromtimestamp(seconds, timezone.utc).astimezone(course.timezone)
    return f"{moment:%d %b %Y, %H:%M:%S %Z}"


def make_record(site: Site, view: AttemptView, lab: Lab) -> dict[str, Any]:
    """An attempt for a program, with the marks as far as the lab's settings show them."""
    attempt = view.attempt
    record: dict[str, Any] = {
        "receipt": attempt.receipt,
        "lab": attempt.lab,
        "attempt": attempt.number,
        "file": attempt.file_name,
        "bytes": attempt.size,
        "sha256": attempt.sha256,
        "received": datetime.fromtimestamp(attempt.received, timezone.utc).isoformat(),
        "graded": view.is_graded,
        "state": view.sentence,
        "page": f"/attempts/{attempt.receipt}",
    }
    return record | (_make_marks(site.marks, lab, attempt) if view.is_graded else {})


def _make_marks(marks: MarkReader, lab: Lab, attempt: Attempt) -> dict[str, Any]:
    shown: ShownMarks | None = marks.read(lab, attempt)
    if shown is None:
        return {}
    return {
        "shows": lab.server.shows,
        "counts": attempt.counts,
        "score": shown.score,
        "max_score": shown.max_score,
        "notes": list(shown.notes),
        "questions": [
            {
                "question": question.name,
                "outcome": question.words,
                "score": question.score,
                "max_score": question.max_score,
                "message": question.message,
            }
            for question in shown.questions
        ],
    }
