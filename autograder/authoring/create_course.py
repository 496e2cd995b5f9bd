"""Make a new course folder from another one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from autograder.course.course import Course
from autograder.course.read_toml import read_toml
from autograder.errors import AutograderError


def create_course(model: Course, folder: Path) -> Course:
    """Copy a course's settings and labs into a new folder, without students' work.

    Raises:
        AutograderError: The folder exists and is not empty. It is unchanged, also if copying
            fails.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AutograderError(f"{folder} exists already", "name a new or an empty folder")
    existed = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _copy(model, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if existed:
            folder.mkdir()
        raise
    return Course(folder)


def _copy(model: Course, folder: Path) -> None:
    if (model.root / "nbgrader_config.py").is_file():
        shutil.copy(model.root / "nbgrader_config.py", folder)
    if (model.root / "course.toml").is_file():
        _copy_settings(model.root / "course.toml", folder / "course.toml")
    for lab in model.labs():
        for tree in (model.source_dir, model.release_dir):
            if (tree / lab.name).is_dir():
                target = folder / tree.relative_to(model.root) / lab.name
                shutil.copytree(tree / lab.name, target, ignore=_IGNORED)


def _copy_settings(old: Path, new: Path) -> None:
    """Copy a course.toml without `[extensions]`, which names students."""
    lines, inside = [], False
    for line in old.read_text(encoding="utf-8-sig").splitlines(keepends=True):
        if line.lstrip().startswith("["):
            inside = _EXTENSIONS.match(line) is not None
        if not inside:
            lines.append(line)
    new.write_text("".join(lines), encoding="utf-8")
    expected = read_toml(old)
    expected.pop("extensions", None)
    if read_toml(new) != expected:
        raise AutograderError(
            f"cannot copy {old} without its extensions", "move them into a table [extensions]"
        )


_EXTENSIONS = re.compile(r"""\s*\[\s*["']?extensions["']?\s*[].]""")
_IGNORED = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
