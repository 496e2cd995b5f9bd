"""Every lab's tests judge as its author meant, under our engine and under stock nbgrader.

`autograder lint` tries every answer under both, which takes an hour for the whole course. Here
each lab's solution and its stub are tried, Lab 01's under both. The hidden seed is a new one each
time: a failure names it.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from autograder.authoring.cases import Case, make_cases
from autograder.authoring.lint import check_cases, check_source
from autograder.authoring.stock_engine import StockEngine
from autograder.course.course import Course, Lab
from autograder.grading.start_engine import start_engine

COURSE = Course(Path(__file__).resolve().parents[2])
LABS = [lab.name for lab in COURSE.labs()]
SEEDS = [secrets.randbits(32)]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def choose_cases(lab: Lab) -> list[Case]:
    solution, stub, *_ = make_cases(COURSE, lab)
    return [solution, stub]


@pytest.mark.parametrize("name", LABS)
def test_the_lab_holds_together(name: str) -> None:
    assert [f for f in check_source(COURSE, COURSE.lab(name)) if not f.is_right] == []


@pytest.mark.parametrize("name", LABS)
def test_marks_under_our_engine(name: str) -> None:
    lab = COURSE.lab(name)
    with start_engine(COURSE, lab) as engine:
        found = list(check_cases(COURSE, lab, engine, 2, choose_cases(lab), SEEDS))
    assert [f for f in found if not f.is_right] == [], f"hidden seed {SEEDS[0]}"


def test_marks_under_stock_nbgrader() -> None:
    lab = COURSE.lab("01")
    with StockEngine(COURSE, lab) as engine:
        found = list(check_cases(COURSE, lab, engine, 2, choose_cases(lab), SEEDS))
    assert [f for f in found if not f.is_right] == [], f"hidden seed {SEEDS[0]}"
