"""A lab's skeleton is a lab: it builds, judges its own wrong answers, and leaves no half behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.authoring.build import stale_notebooks
from autograder.authoring.cases import cases
from autograder.authoring.lint import SEED, read_through, try_out
from autograder.authoring.new_lab import new_lab
from autograder.authoring.source import instructor_notebook
from autograder.authoring.stock_engine import StockEngine
from autograder.cli.app import app
from autograder.cli.grade_lab import start_engine
from autograder.course.course import Course
from autograder.errors import AutograderError
from tests.autograder.tiny_course import LAB


def files(course: Course) -> dict[str, bytes]:
    paths = (path for path in course.root.rglob("*") if path.is_file())
    return {str(path.relative_to(course.root)): path.read_bytes() for path in paths}


@pytest.mark.slow
def test_the_skeleton_passes_lint(course: Course) -> None:
    done = CliRunner().invoke(app, ["new-lab", "attention", "--course-dir", str(course.root)])
    assert done.exit_code == 0 and "autograder lint 02_attention" in done.output, done.output
    course = Course(course.root)
    lab = course.lab("02_attention")
    assert lab.title == "Attention" and len(lab.points) == 2
    found = list(read_through(course, lab))
    with start_engine(course, lab, workers=2) as engine:
        found += try_out(course, lab, engine, workers=2)
    solution, instructor = cases(course, lab)[0], instructor_notebook(course, lab)
    with StockEngine(course, lab) as engine:
        assert solution.problems(engine.grade(solution.notebook, instructor, SEED, {})) == []
    assert [one for one in found if not one.right] == []
    assert {one.subject for one in found} >= {"solution", "stub", "no_softmax", "constant_column"}


def test_it_is_added_and_nothing_else_changes(course: Course) -> None:
    before = files(course)
    lab = new_lab(course, "07_more_of_it")
    after = files(course)
    assert lab.title == "More of it"
    assert after["course.toml"].startswith(before.pop("course.toml"))
    assert before.items() <= after.items()
    assert [lab.name for lab in Course(course.root).labs()] == [LAB, "07_more_of_it"]
    assert not stale_notebooks(Course(course.root), lab)
    assert new_lab(Course(course.root), "next_one").name == "08_next_one"
    released = after["labs/07_more_of_it/07_more_of_it.ipynb"].decode()
    assert "NotImplementedError" in released and "hidden_seed" not in released


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (LAB, "there is a lab 01_neuron already"),
        ("neuron", ""),
        ("Attention!", "can't be a lab's name"),
        ("../02_out", "can't be a lab's name"),
        ("1_short", "can't be a lab's name"),
    ],
)
def test_a_name_that_will_not_do(course: Course, name: str, problem: str) -> None:
    if not problem:  # the same words with another number are another lab
        assert new_lab(course, name).name == "02_neuron"
        return
    before = files(course)
    with pytest.raises(AutograderError, match=problem):
        new_lab(course, name)
    assert files(course) == before


def test_what_fails_half_way_is_taken_back(course: Course) -> None:
    shutil.rmtree(course.release_dir)
    course.release_dir.write_text("a file where the released labs belong")
    before = files(course)
    with pytest.raises(AutograderError, match="can't write"):
        new_lab(course, "02_attention")
    assert files(course) == before


def test_a_course_whose_labs_have_no_names_keeps_them(course: Course) -> None:
    toml = course.root / "course.toml"
    toml.write_text('[course]\nname = "An nbgrader course"\n')
    with pytest.raises(AutograderError, match="names no labs"):
        new_lab(Course(course.root), "02_attention")
    toml.unlink()
    with pytest.raises(AutograderError, match=r"has no course\.toml"):
        new_lab(Course(course.root), "02_attention")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    ### END SOLUTION\n", ""),
        ("### BEGIN HIDDEN TESTS\n", ""),
        ("### END HIDDEN TESTS", "### BEGIN HIDDEN TESTS"),
        ("    ### END SOLUTION\n", "    ### END HIDDEN TESTS\n"),
    ],
)
def test_a_region_that_is_not_closed(course: Course, old: str, new: str) -> None:
    path: Path = course.source_dir / LAB / f"{LAB}.py"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(AutograderError, match="don't pair up"):
        stale_notebooks(course, course.lab(LAB))
