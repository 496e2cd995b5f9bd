"""Every student's page of a lab, where `nbgrader generate_feedback` puts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.course.course import Course, Lab
from autograder.course.source_notebooks import list_questions
from autograder.errors import AutograderError
from autograder.feedback.student_page import student_page
from autograder.files import write_atomically
from autograder.gradebook.hand_grading import HandGrading, hand_grading
from autograder.marks.final_score import Policies
from autograder.marks.scorecard import scorecard
from autograder.results.results import Results


def feedback_path(course: Course, lab: Lab, student: str, notebook: str) -> Path:
    """Where a student's page for a notebook stands."""
    return course.feedback_dir / student / lab.name / f"{notebook}.html"


def feedback_pages(course: Course, lab: Lab) -> Iterator[Path]:
    """Write the pages of all graded students; yields each path once it is on the disk.

    Args:
        course: the course.
        lab: the lab.

    Raises:
        AutograderError: nothing has been graded yet, or a page can't be written.
    """
    results = Results(course.results_dir / lab.name).read_all()
    questions = list_questions(course, lab)
    by_hand, policies = None, Policies(course)
    for result in results:
        # Opened at the first result: without one there may be no gradebook to open.
        by_hand = hand_grading(course, lab) if by_hand is None else by_hand
        student = result.verdict.student
        mine = by_hand.get(student, HandGrading())
        card = scorecard(result.verdict, mine, questions, lab, result.notebooks)
        final = policies.final(lab, card)
        for name in questions:
            page = student_page(course, lab, card, final, name, result.notebooks.get(name))
            path = feedback_path(course, lab, student, name)
            write_atomically(path, page)
            yield path
    if by_hand is None:
        raise AutograderError(
            f"no results of {lab.name} in {course.results_dir / lab.name}",
            f"run: autograder grade {lab.name}",
        )


def write_feedback(course: Course, lab: Lab) -> list[Path]:
    """Write the pages of all graded students; returns their paths.

    Raises:
        AutograderError: nothing has been graded yet, or a page can't be written.
    """
    return list(feedback_pages(course, lab))
