"""Writes a notebook's scores and comments into the gradebook's rows."""

from __future__ import annotations

import logging

from nbformat import NotebookNode
from nbgrader.api import SubmittedNotebook
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task

_log = logging.getLogger("autograder.nbgrader")


def write_scores(
    part: SubmittedNotebook,
    notebook: NotebookNode | None,
    shown: NotebookNode | None,
    earlier: NotebookNode | None,
) -> None:
    """Write scores and comments as nbgrader's `SaveAutoGrades` does, but in one transaction.

    `SaveAutoGrades` opens the database again for each question: a third of a submission's time.

    Args:
        part: the gradebook's row of the submitted notebook.
        notebook: as executed; None gives 0 for every question.
        shown: as it will be in `autograded/`.
        earlier: as it was there before; None where it was not graded before.
    """
    if notebook is None or shown is None:
        for grade in part.grades:
            grade.auto_score, grade.needs_manual_grade = 0, False
        return
    grades = {grade.name: grade for grade in part.grades}
    comments = {comment.name: comment for comment in part.comments}
    for cell in notebook.cells:
        if is_grade(cell) or is_task(cell):
            grade = grades[cell.metadata.nbgrader.grade_id]
            # Only a person grades a task.
            grade.auto_score = None if is_task(cell) else determine_grade(cell, _log)[0]
            if grade.manual_score is None:
                grade.needs_manual_grade = grade.auto_score is None
            elif (
                is_task(cell)
                or not earlier
                or _find_answers(cell, shown) != _find_answers(cell, earlier)
            ):
                # A person marked an answer that has changed since, and has to look again. The
                # answer to a task is in cells without a name: any of them may have changed.
                grade.needs_manual_grade = True
        if is_solution(cell) or is_task(cell):
            mark = cell.metadata.nbgrader
            unchanged = mark.get("checksum") == compute_checksum(cell) and not is_task(cell)
            comments[mark.grade_id].auto_comment = "No response." if unchanged else None


def _find_answers(cell: NotebookNode, notebook: NotebookNode) -> dict[str, object]:
    """The answers that a graded cell's marks depend on: its own text, or all answers in code."""
    answers: dict[str, object] = {
        c.metadata.nbgrader.grade_id: (c.source, c.get("attachments"))  # with its pasted images
        for c in notebook.cells
        if is_solution(c)
    }
    own = cell.metadata.nbgrader.grade_id
    return {own: answers.get(own)} if cell.cell_type == "markdown" else answers
