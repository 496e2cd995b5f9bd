"""A new course folder, made from another one."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError


def new_course(model: Course, folder: Path) -> Course:
    """Copy a course's settings and labs into a new folder; nothing of any student's.

    Raises:
        AutograderError: the folder is there already and has something in it. It is as it was,
            also when copying fails.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AutograderError(f"{folder} is there already", "name a new or an empty folder")
    was_there = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _copy(model, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if was_there:
            folder.mkdir()
        raise
    return Course(folder)


def _copy(model: Course, folder: Path) -> None:
    for name in ("course.toml", "nbgrader_config.py"):
        if (model.root / name).is_file():
            shutil.copy(model.root / name, folder / name)
    for lab in model.labs():
        for tree in (model.source_dir, model.release_dir):
            if (tree / lab.name).is_dir():
                target = folder / tree.relative_to(model.root) / lab.name
                shutil.copytree(tree / lab.name, target, ignore=_LEFT_BEHIND)


_LEFT_BEHIND = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
