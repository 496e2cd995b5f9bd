from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from autograder.course import Course
from tests.autograder.tiny_course import make_course

# As `autograder` itself does: nbgrader calls `alembic` by name.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")


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
