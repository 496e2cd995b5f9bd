"""Released labs call their checks; what is graded is the instructor's text."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Course
from autograder.notebooks.cell_roles import grade_id, is_test_cell
from autograder.notebooks.forms import release_notebook, release_whole, solve_notebook
from autograder.notebooks.reading.repair_notebook import repair_notebook
from autograder.notebooks.short_checks import find_checks_file, has_checks, render_checks

COURSE = Course(Path(__file__).resolve().parents[3])
LAB = COURSE.lab("16")


@pytest.fixture(scope="module")
def instructor() -> nbformat.NotebookNode:
    return make_instructor_notebook(COURSE, LAB)


def test_a_released_check_is_a_call(instructor) -> None:
    checks = [c for c in release_notebook(instructor).cells if is_test_cell(c)]
    checks = [cell for cell in checks if cell.cell_type == "code"]
    assert checks
    for cell in checks:
        title, *_, call = cell.source.splitlines()
        assert title == f"# @title Check: {grade_id(cell)}"
        assert call == f'run_check("16_network_zoo", "{grade_id(cell)}", globals())'
        assert cell.metadata.nbgrader.checksum == compute_checksum(cell)


def test_the_instructors_text_is_graded(instructor) -> None:
    released = release_notebook(instructor)
    submitted = solve_notebook(instructor)
    notebook, repairs = repair_notebook(submitted, instructor, released)
    assert repairs == []
    graded = {grade_id(c): c.source for c in notebook.cells if is_test_cell(c)}
    assert graded == {grade_id(c): c.source for c in instructor.cells if is_test_cell(c)}


def test_a_lab_with_other_checks_keeps_them(instructor, tmp_path: Path) -> None:
    other = nbformat.from_dict(instructor)
    del other.metadata["course_lib"]
    # The same text, in another folder.
    assert has_checks(tmp_path, LAB.name, lambda: release_whole(other))
    assert not has_checks(tmp_path, "99_another", lambda: release_whole(other))
    for cell in other.cells:
        cell.source = cell.source.replace("Did you forget tanh?", "No tanh?")
    assert not has_checks(tmp_path, LAB.name, lambda: release_whole(other))
    assert "No tanh?" in "".join(cell.source for cell in release_notebook(other).cells)


@pytest.mark.parametrize("lab", COURSE.labs(), ids=lambda lab: lab.name)
def test_course_lib_has_the_checks_of_each_lab(lab) -> None:
    file = find_checks_file(COURSE.root, lab.name)
    whole = release_whole(make_instructor_notebook(COURSE, lab))
    assert file is not None and file.read_text(encoding="utf-8") == render_checks(whole)
    assert "HIDDEN TESTS" not in file.read_text(encoding="utf-8")
