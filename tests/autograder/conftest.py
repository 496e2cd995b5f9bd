from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.feedback import write_feedback
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
