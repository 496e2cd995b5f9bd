"""Every student's page of a lab, at the path that `nbgrader generate_feedback` uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat

from autograder.course.course import Course, Lab
from autograder.course.source_notebooks import list_questions
from autograder.course.submissions import Submission
from autograder.errors import AutograderError
from autograder.feedback.student_page import render_student_page
from autograder.files import write_atomically
from autograder.gradebook.hand_grading import HandGrading, read_hand_grading
from autograder.marks.final_score import Policies
from autograder.marks.scorecard import make_scorecard
from autograder.results.results import Result, Results

_EXCHANGE_FILES = ("timestamp.txt", "submission_secret.txt")
_MOST_BYTES = 10_000


def feedback_path(course: Course, lab: Lab, student: str, notebook: str) -> Path:
    """The path of a student's page for a notebook."""
    return course.feedback_dir / student / lab.name / f"{notebook}.html"


class FeedbackWriter:
    """Writes the pages of students, who share a lab's questions and policies.

    Args:
        course: the course.
        lab: the lab.
    """

    def __init__(self, course: Course, lab: Lab) -> None:
        self._course, self._lab = course, lab
        self._questions = list_questions(course, lab)
        self._given = {name: _list_given(course, lab, name) for name in self._questions}
        self._by_hand, self._policies = read_hand_grading(course, lab), Policies(course)

    def write(self, result: Result) -> Iterator[Path]:
        """Write a student's pages; yields each path once it is written.

        Raises:
            AutograderError: a page can't be written.
        """
        student = result.verdict.student
        mine = self._by_hand.get(student, HandGrading())
        card = make_scorecard(result.verdict, mine, self._questions, self._lab, result.notebooks)
        final = self._policies.find_final_score(self._lab, card)
        for name in self._questions:
            notebook = result.notebooks.get(name)
            given = self._given[name]
            page = render_student_page(self._course, self._lab, card, final, name, notebook, given)
            path = feedback_path(self._course, self._lab, student, name)
            write_atomically(path, page)
            _copy_exchange_files(self._course, self._lab, student)
            yield path


def iter_feedback(course: Course, lab: Lab) -> Iterator[Path]:
    """Write the pages of all graded students; yields each path once it is written.

    Args:
        course: the course.
        lab: the lab.

    Raises:
        AutograderError: nothing has been graded yet, or a page can't be written.
    """
    results = Results(course.results_dir / lab.name).read_all()
    if not results:  # there may be no gradebook either
        raise AutograderError(
            f"no results of {lab.name} in {course.results_dir / lab.name}",
            f"run: autograder grade {lab.name}",
        )
    writer = FeedbackWriter(course, lab)
    failed: list[str] = []
    for result in results:
        try:
            yield from writer.write(result)
        except AutograderError:
            raise
        except Exception as error:  # of any kind: it costs this student's pages and no other's
            failed.append(f"{result.verdict.student} ({type(error).__name__})")
    if failed:
        raise AutograderError(
            f"all other pages are written, but none for: {', '.join(failed)}",
            "look at their notebooks in autograded/, and tell them their marks yourself",
        )


def _copy_exchange_files(course: Course, lab: Lab, student: str) -> None:
    """Copy what `nbgrader release_feedback` needs beside the pages, as `generate_feedback` does."""
    submission = Submission(student, lab.name, course.submitted_dir / student / lab.name)
    for path in submission.files():
        if path.name in _EXCHANGE_FILES and len(path.parts) == 1:
            with (submission.folder / path).open("rb") as file:
                content = file.read(_MOST_BYTES)
            write_atomically(course.feedback_dir / student / lab.name / path.name, content)


def _list_given(course: Course, lab: Lab, name: str) -> set[str]:
    """The texts of the released notebook's cells; none where it was not released here."""
    path = course.release_dir / lab.name / f"{name}.ipynb"
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception:  # missing, or damaged: then the page folds nothing
        return set()
    return {cell.source.strip() for cell in notebook.cells}


def write_feedback(course: Course, lab: Lab) -> list[Path]:
    """Write the pages of all graded students; returns their paths.

    Raises:
        AutograderError: nothing has been graded yet, or a page can't be written.
    """
    return list(iter_feedback(course, lab))
