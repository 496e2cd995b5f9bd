"""The skeleton of a lab is a complete lab, and a failure leaves nothing behind."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.authoring.build import find_stale_files
from autograder.authoring.cases import make_cases
from autograder.authoring.create_lab import create_lab
from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.authoring.lint import Finding, check_cases, check_source
from autograder.authoring.stock_engine import StockEngine
from autograder.cli.app import app
from autograder.course.course import Course, Lab
from autograder.engine.engine import Engine
from autograder.errors import AutograderError
from autograder.grading.start_engine import start_engine
from tests.autograder.tiny_course import LAB


def files(course: Course) -> dict[str, bytes]:
    paths = (path for path in course.root.rglob("*") if path.is_file())
    return {str(path.relative_to(course.root)): path.read_bytes() for path in paths}


def check_with_a_fault(course: Course, lab: Lab, engine: Engine) -> dict[str, Finding]:
    """Grade combined cases; one of the mistakes must get a mark that it does not get."""
    cases = [
        replace(case, marks={**case.marks, "network": 1.0}) if case.name == "no_softmax" else case
        for case in make_cases(course, lab)
    ]
    return {
        one.subject: one for one in check_cases(course, lab, engine, 2, cases, [7], combine=True)
    }


@pytest.mark.slow
def test_the_skeleton_passes_lint(course: Course) -> None:
    done = CliRunner().invoke(app, ["new-lab", "attention", "--course-dir", str(course.root)])
    assert done.exit_code == 0 and "autograder lint 02_attention" in done.output, done.output
    course = Course(course.root)
    lab = course.lab("02_attention")
    assert lab.title == "Attention" and len(lab.points) == 2
    found = list(check_source(course, lab))
    with start_engine(course, lab) as engine:
        found += check_cases(course, lab, engine, 2, make_cases(course, lab), [7])
        combined = check_with_a_fault(course, lab, engine)
    assert {name for name, one in combined.items() if not one.is_right} == {"no_softmax"}
    assert "network: 0 points, not 1" in combined["no_softmax"].detail
    assert combined.keys() == {one.name for one in make_cases(course, lab)}
    solution, instructor = make_cases(course, lab)[0], make_instructor_notebook(course, lab)
    with StockEngine(course, lab) as engine:
        assert solution.find_problems(engine.grade(solution.notebook, instructor, 7, {})) == []
    assert [one for one in found if not one.is_right] == []
    assert {one.subject for one in found} >= {"solution", "stub", "no_softmax", "constant_column"}


def test_a_lab_is_added_and_nothing_else_changes(course: Course) -> None:
    before = files(course)
    lab = create_lab(course, "07_more_of_it")
    after = files(course)
    assert lab.title == "More of it"
    assert after["course.toml"].startswith(before.pop("course.toml"))
    assert before.items() <= after.items()
    assert [lab.name for lab in Course(course.root).labs()] == [LAB, "07_more_of_it"]
    assert not find_stale_files(Course(course.root), lab)
    assert create_lab(Course(course.root), "next_one").name == "08_next_one"
    released = after["labs/07_more_of_it/07_more_of_it.ipynb"].decode()
    assert "NotImplementedError" in released and "hidden_seed" not in released


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (LAB, "there is already a lab 01_neuron"),
        ("neuron", ""),
        ("Attention!", "not a valid lab name"),
        ("../02_out", "not a valid lab name"),
        ("1_short", "not a valid lab name"),
    ],
)
def test_an_invalid_name(course: Course, name: str, problem: str) -> None:
    if not problem:  # the same words with another number make another lab
        assert create_lab(course, name).name == "02_neuron"
        return
    before = files(course)
    with pytest.raises(AutograderError, match=problem):
        create_lab(course, name)
    assert files(course) == before


def test_a_failure_is_undone(course: Course) -> None:
    shutil.rmtree(course.release_dir)
    course.release_dir.write_text("a file instead of the folder of released labs")
    before = files(course)
    with pytest.raises(AutograderError, match="cannot write"):
        create_lab(course, "02_attention")
    assert files(course) == before


def test_a_course_without_named_labs_is_left_alone(course: Course) -> None:
    toml = course.root / "course.toml"
    toml.write_text('[course]\nname = "An nbgrader course"\n')
    with pytest.raises(AutograderError, match="names no labs"):
        create_lab(Course(course.root), "02_attention")
    toml.unlink()
    with pytest.raises(AutograderError, match=r"has no course\.toml"):
        create_lab(Course(course.root), "02_attention")


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
    with pytest.raises(AutograderError, match="do not match"):
        find_stale_files(course, course.lab(LAB))
