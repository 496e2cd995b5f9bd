"""A course to begin with, where no other course is at hand: one lab, to be changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.authoring.create_lab import create_lab, render_skeleton
from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.files import write_atomically

_LAB = "01_first_lab"


def create_starter_course(folder: Path) -> Course:
    """Make a course of one lab in a new or empty folder.

    Raises:
        AutograderError: The folder exists and is not empty, or it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AutograderError(f"{folder} exists already", "name a new or an empty folder")
    existed = folder.exists()
    try:
        name = folder.resolve().name.replace("\\", "").replace('"', "")
        toml = render_skeleton("starter_course.toml.j2", {"name": name})
        write_atomically(folder / "course.toml", toml)
        config = render_skeleton("nbgrader_config.py.j2", {})
        write_atomically(folder / "nbgrader_config.py", config)
        create_lab(Course(folder), _LAB)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if existed:
            folder.mkdir()
        raise
    return Course(folder)
