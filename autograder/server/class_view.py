"""The class in one lab, as an instructor sees it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autograder.course.course import Lab
from autograder.report.item_analysis import Item, analyse_items
from autograder.server.job_queue import count_jobs
from autograder.server.shown_marks import MarkReader
from autograder.server.tables import Attempt, Held, Job, JobKind, JobState, Link, Role, Student


@dataclass(frozen=True)
class ClassRow:
    """A student in one lab.

    Args:
        student: The student.
        name: The name to show.
        attempts: How many attempts there are.
        counting: The attempt that counts; None before the first is graded.
        score: Its points with those by hand; None while a person has to give all of them.
        state: "nothing yet", "waiting", "graded" or "could not be graded".
    """

    student: Student
    name: str
    attempts: int
    counting: Attempt | None
    score: float | None
    state: str


@dataclass(frozen=True)
class ClassView:
    """The class in one lab.

    Args:
        rows: The students by name.
        items: The questions with their difficulty.
        jobs: How many jobs are in each state.
        problems: Jobs that failed or wait because of a problem.
        held: Why the lab cannot be graded now; empty if it can.
    """

    rows: list[ClassRow]
    items: list[Item]
    jobs: dict[str, int]
    problems: list[Job]
    held: str

    @property
    def states(self) -> Counter[str]:
        """How many students are in each state."""
        return Counter(row.state for row in self.rows)


@dataclass(frozen=True)
class LabCounts:
    """A lab in the list of labs.

    Args:
        graded: Students with an attempt that counts.
        waiting: Students whose first attempt is still to be graded.
        nothing: Students without an attempt.
        is_held: Whether the lab cannot be graded now.
    """

    graded: int
    waiting: int
    nothing: int
    is_held: bool


def count_class(session: Session, lab: Lab) -> LabCounts:
    """The class's numbers in a lab, without reading anybody's marks."""
    students = session.scalar(select(func.count()).select_from(Student)) or 0
    own = select(func.count(Attempt.student_id.distinct())).where(Attempt.lab == lab.name)
    submitted = session.scalar(own) or 0
    graded = session.scalar(own.where(Attempt.counts)) or 0
    is_held = session.get(Held, lab.name) is not None
    return LabCounts(graded, submitted - graded, students - submitted, is_held)


def view_class(session: Session, lab: Lab, marks: MarkReader) -> ClassView:
    """The class in a lab."""
    names = read_names(session)
    numbers = _count_attempts(session, lab)
    counting = {
        attempt.student_id: attempt
        for attempt in session.scalars(
            select(Attempt).where(Attempt.lab == lab.name, Attempt.counts)
        )
    }
    rows, cards = [], []
    for student in session.scalars(select(Student).order_by(Student.person)):
        attempt = counting.get(student.id)
        card = marks.make_scorecard(lab, attempt) if attempt else None
        if card is not None and card.is_graded:
            cards.append(card)
        number = numbers.get(student.id, 0)
        state = "waiting" if number else "nothing yet"
        if card is not None:
            state = "graded" if card.is_graded else "could not be graded"
        score = card.score if card else None
        name = names.get(student.person, student.person)
        rows.append(ClassRow(student, name, number, attempt, score, state))
    held = session.get(Held, lab.name)
    return ClassView(
        sorted(rows, key=lambda row: row.name.casefold()),
        analyse_items(cards),
        count_jobs(session, lab.name),
        _list_problems(session, lab),
        held.reason if held else "",
    )


def read_names(session: Session) -> dict[str, str]:
    """The names to show, by student's id."""
    links = session.scalars(select(Link).where(Link.role == Role.STUDENT.value).order_by(Link.id))
    return {link.person: link.name for link in links}


def _count_attempts(session: Session, lab: Lab) -> dict[int, int]:
    query = select(Attempt.student_id, func.count()).where(Attempt.lab == lab.name)
    rows = session.execute(query.group_by(Attempt.student_id))
    return {student: number for student, number in rows}


def _list_problems(session: Session, lab: Lab) -> list[Job]:
    query = (
        select(Job)
        .join(Attempt, Attempt.id == Job.attempt_id)
        .where(
            Attempt.lab == lab.name,
            (Job.state == JobState.FAILED.value) | (Job.problem != ""),
            Job.kind == JobKind.GRADE.value,
        )
        .order_by(Job.id.desc())
        .limit(50)
    )
    return list(session.scalars(query))
