"""Every form of a lab is made from its source, as stock nbgrader makes it; edits are found."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import pytest

from autograder.authoring.build import build, find_stale_files
from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Course
from autograder.errors import AutograderError
from tests.autograder.tiny_course import LAB


def test_building_twice_changes_nothing(course: Course) -> None:
    assert build(course, course.lab(LAB)) == []


def test_a_hand_edited_notebook_differs(course: Course) -> None:
    path = course.release_dir / LAB / f"{LAB}.ipynb"
    path.write_text(path.read_text().replace("One neuron", "Two neurons"))
    assert find_stale_files(course, course.lab(LAB)) == [path]


def test_the_release_is_what_stock_nbgrader_releases(course: Course) -> None:
    path = course.release_dir / LAB / f"{LAB}.ipynb"
    ours = nbformat.read(path, as_version=4)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "--force", LAB]
    subprocess.run(command, cwd=course.root, check=True, capture_output=True)
    assert nbformat.read(path, as_version=4) == ours
    released = sorted(p.name for p in path.parent.iterdir())
    assert released == [f"{LAB}.ipynb"], "sources and wrong answers are for the instructor only"


def test_the_release_has_no_answers(course: Course) -> None:
    text = (course.release_dir / LAB / f"{LAB}.ipynb").read_text()
    assert "HIDDEN" not in text
    assert "np.exp" not in text
    assert "learns the training set" not in text


def test_badge_and_install_cell_name_the_repository(course: Course) -> None:
    title, install = make_instructor_notebook(course, course.lab(LAB)).cells[:2]
    link = f"colab.research.google.com/github/example/neurons/blob/main/labs/{LAB}/{LAB}.ipynb"
    assert link in title.source
    assert "git+https://github.com/example/neurons@main" in install.source
    assert "--no-deps" in install.source


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("neuron = 2\n", "", "question 'neuron' has no points"),
        ("neuron = 2\n", "neuron = 2\nghost = 1\n", "gives points to ghost"),
    ],
)
def test_points_and_questions_must_agree(course: Course, old: str, new: str, message: str) -> None:
    toml = course.root / "course.toml"
    toml.write_text(toml.read_text().replace(old, new))
    changed = Course(course.root)
    with pytest.raises(AutograderError, match=message):
        make_instructor_notebook(changed, changed.lab(LAB))


def test_the_library_may_be_elsewhere(course: Course) -> None:
    toml = course.root / "course.toml"
    toml.write_text(
        toml.read_text().replace("branch =", 'library = "https://example.org/l"\nbranch =')
    )
    notebook = make_instructor_notebook(Course(course.root), course.lab(LAB))
    assert '"git+https://example.org/l"' in notebook.cells[1].source
    assert "github.com/example/neurons@main" not in notebook.cells[1].source
    assert "github/example/neurons/blob/main" in notebook.cells[0].source
