"""Collects the lab of the tests' course, and looks things up in the rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from autograder.collect import collect
from autograder.course.collected import CollectedRow
from autograder.course.course import Course
from autograder.course.roster import Roster
from tests.autograder.tiny_course import LAB


def collect_lab(course: Course, path: Path, source: str, roster: Roster | None = None, **more):
    """Collect the tiny course's lab."""
    return collect(course, course.lab(LAB), path, source, roster, **more)


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files by their path in `folder`; returns the folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def states(rows: list[CollectedRow]) -> dict[str, tuple[str, str]]:
    """By file, or by student without a file: the student and the state."""
    return {row.file or row.student: (row.student, row.state) for row in rows}


def find_remark(rows: list[CollectedRow], file: str) -> str:
    """The remark on a file."""
    return next(row.remark for row in rows if row.file == file)


def kept_notebooks(course: Course, student: str) -> list[bytes]:
    """The notebooks of a student that collected/ keeps, sorted by content."""
    folder = course.collected_dir / LAB / student
    return sorted(path.read_bytes() for path in folder.rglob("*.ipynb") if path.is_file())
