"""Every lab's tests judge as its author meant, under our engine and under stock nbgrader.

`autograder lint` tries every wrong answer under both; here stock nbgrader, which takes four times
as long, gets the solution, the stub and some of the wrong answers.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.cli.grading import start_engine
from autograder.course import Course
from autograder.notebooks.cases import cases
from autograder.notebooks.lint import read_through, try_out
from autograder.notebooks.source import instructor_notebook
from autograder.stock import StockEngine

COURSE = Course(Path(__file__).resolve().parents[2])
LABS = [lab.name for lab in COURSE.labs()]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("name", LABS)
def test_the_lab_holds_together(name: str) -> None:
    assert [f for f in read_through(COURSE, COURSE.lab(name)) if not f.right] == []


@pytest.mark.parametrize("name", LABS)
def test_marks_under_our_engine(name: str) -> None:
    lab = COURSE.lab(name)
    with start_engine(COURSE, lab, workers=2) as engine:
        assert [f for f in try_out(COURSE, lab, engine, workers=2) if not f.right] == []


@pytest.mark.parametrize("name", LABS)
def test_marks_under_stock_nbgrader(name: str) -> None:
    lab = COURSE.lab(name)
    instructor = instructor_notebook(COURSE, lab)
    solution, stub, *wrong = cases(COURSE, lab)
    some = [solution, stub, *wrong[::6]]
    with StockEngine(COURSE, lab) as engine, ThreadPoolExecutor(2) as pool:
        graded = pool.map(lambda case: engine.grade(case.notebook, instructor, 1, {}), some)
        assert {c.name: c.problems(g) for c, g in zip(some, graded, strict=True)} == {
            case.name: [] for case in some
        }
