"""What people entered in the gradebook: marks, comments and penalties."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)

from autograder.course.course import Course, Lab
from autograder.gradebook.gradebook import CourseGradebook

Cell = tuple[str, str]
"""A notebook's name and a cell's `grade_id` in it."""


@dataclass(frozen=True)
class HandMark:
    """What the gradebook holds about one question besides its automatic score.

    Args:
        score: marks that a person gave; None while nobody has.
        extra_credit: marks on top of the automatic ones or of those by hand.
        needs_person: whether nbgrader asks a person to look: no marks yet, or the answer
            changed since they were given.
    """

    score: float | None
    extra_credit: float
    needs_person: bool


@dataclass(frozen=True)
class HandGrading:
    """One student's marks by hand in a lab.

    Args:
        marks: by notebook and question.
        comments: what the instructor wrote, by notebook and cell.
        penalties: points that nbgrader takes off for lateness, by notebook.
    """

    marks: dict[Cell, HandMark] = field(default_factory=dict)
    comments: dict[Cell, str] = field(default_factory=dict)
    penalties: dict[str, float] = field(default_factory=dict)


def read_hand_grading(course: Course, lab: Lab) -> dict[str, HandGrading]:
    """What people entered in the gradebook for a lab, by student."""
    found: dict[str, HandGrading] = defaultdict(HandGrading)
    with CourseGradebook(course).open() as gradebook:
        marks = (BaseCell.name, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
        for student, notebook, cell, score, extra, needs in _query(gradebook, lab, Grade, *marks):
            found[student].marks[notebook, cell] = HandMark(score, extra or 0.0, bool(needs))
        texts = (BaseCell.name, Comment.manual_comment)
        for student, notebook, cell, text in _query(gradebook, lab, Comment, *texts):
            if text and text.strip():
                found[student].comments[notebook, cell] = text.strip()
        late = (SubmittedNotebook.late_submission_penalty,)
        for student, notebook, penalty in _query(gradebook, lab, None, *late):
            if penalty:
                found[student].penalties[notebook] = penalty
    return dict(found)


def _query(gradebook: Any, lab: Lab, of_cell: Any, *columns: Any) -> list[Any]:
    """Rows for the whole class; nbgrader's own objects would take one query for each cell."""
    query = (
        gradebook.db.query(SubmittedAssignment.student_id, Notebook.name, *columns)
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .filter(Assignment.name == lab.name)
    )
    if of_cell is not None:
        query = query.join(of_cell, of_cell.notebook_id == SubmittedNotebook.id).join(
            BaseCell, of_cell.cell_id == BaseCell.id
        )
    return query.all()
