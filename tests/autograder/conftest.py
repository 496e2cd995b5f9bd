from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.engine.engine import Engine
from autograder.engine.wire.limits import Limits
from autograder.feedback import write_feedback
from autograder.grading.local_workers import LocalWorkers
from autograder.report import write_course_report, write_report
from tests.autograder.graded_class import make_class
from tests.autograder.tiny_course import LAB, make_course


@pytest.fixture(scope="session")
def made_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course, made once; `course` hands out copies of it."""
    folder = tmp_path_factory.mktemp("made") / "course"
    make_course(folder)
    return folder


@pytest.fixture
def course(made_course: Path, tmp_path: Path) -> Course:
    """A tiny real course of the test's own, built and registered, with no submissions yet."""
    return Course(shutil.copytree(made_course, tmp_path / "course"))


@pytest.fixture(scope="session")
def graded_course(made_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The tiny course with a graded class, its feedback and its reports; to be read only."""
    folder = tmp_path_factory.mktemp("graded") / "course"
    course = Course(shutil.copytree(made_course, folder))
    make_class(course)
    write_feedback(course, course.lab(LAB))
    write_report(course, course.lab(LAB))
    write_course_report(course)
    return course


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalWorkers]:
    """Workers with a real engine, which the tests of a module share."""
    with Engine(Limits(memory_mb=2000, cell_seconds=60)) as engine:
        yield LocalWorkers(lambda: nullcontext(engine), 1)
