"""What a person has put into the gradebook: marks, comments and penalties."""

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
    """What the gradebook says of one question beyond its automatic score.

    Args:
        score: marks that a person gave; None while nobody has.
        extra_credit: marks on top, whoever gave the others.
        needs_person: whether nbgrader asks for a person's eye: no marks yet, or the answer
            changed since they were given.
    """

    score: float | None
    extra_credit: float
    needs_person: bool


@dataclass(frozen=True)
class HandGrading:
    """One student's hand-made part of a lab's grading.

    Args:
        marks: by notebook and question.
        comments: by notebook and cell, what the instructor wrote.
        penalties: by notebook, points that nbgrader takes off for handing in late.
    """

    marks: dict[Cell, HandMark] = field(default_factory=dict)
    comments: dict[Cell, str] = field(default_factory=dict)
    penalties: dict[str, float] = field(default_factory=dict)


def hand_grading(course: Course, lab: Lab) -> dict[str, HandGrading]:
    """By student, what people put into the gradebook for a lab; nothing for who isn't there."""
    found: dict[str, HandGrading] = defaultdict(HandGrading)
    with CourseGradebook(course).open() as gradebook:
        marks = (BaseCell.name, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
        for student, notebook, cell, score, extra, needs in _rows(gradebook, lab, Grade, *marks):
            found[student].marks[notebook, cell] = HandMark(score, extra or 0.0, bool(needs))
        texts = (BaseCell.name, Comment.manual_comment)
        for student, notebook, cell, text in _rows(gradebook, lab, Comment, *texts):
            if text and text.strip():
                found[student].comments[notebook, cell] = text.strip()
        late = (SubmittedNotebook.late_submission_penalty,)
        for student, notebook, penalty in _rows(gradebook, lab, None, *late):
            if penalty:
                found[student].penalties[notebook] = penalty
    return dict(found)


def _rows(gradebook: Any, lab: Lab, of_cell: Any, *columns: Any) -> list[Any]:
    """One query a class; nbgrader's own objects would cost one a cell."""
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
