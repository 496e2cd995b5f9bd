"""A lab's code, cell by cell, for running it without a kernel."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Course, Lab
from autograder.notebooks.cell_roles import grade_id, is_test_cell


def read_code_cells(course: Course, lab: Lab) -> Iterator[tuple[str, str, bool]]:
    """Yield a lab's code cells, each with its question and whether it is a test cell.

    Cells that install packages are left out.
    """
    for cell in make_instructor_notebook(course, lab).cells:
        if cell.cell_type == "code" and "%pip" not in cell.source:
            yield cell.source, grade_id(cell).removesuffix("_answer"), is_test_cell(cell)
