"""A new lab in a course: a skeleton to be changed, that is a whole lab already."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.authoring.build import build
from autograder.course.course import Course, Lab
from autograder.errors import AutograderError
from autograder.files import write_whole


def new_lab(course: Course, name: str) -> Lab:
    """Add a lab with two questions and their wrong answers to a course, and build its notebooks.

    Args:
        course: its `course.toml` gets the lab's tables at its end; the rest stays as it is.
        name: such as `09_attention`; without a number, the next one is put before it.

    Raises:
        AutograderError: the name can't be a lab's, there is such a lab, or the course has no
            `course.toml` to write it into. Nothing has changed then.
    """
    toml = course.root / "course.toml"
    if not toml.is_file():
        raise AutograderError(
            f"{course.root} has no course.toml to write a lab into",
            "make a course that has one: autograder init DIR",
        )
    text = toml.read_text(encoding="utf-8")
    others = [lab.name for lab in course.labs()]
    if others and not re.search(r"^\s*\[labs\.", text, re.MULTILINE):
        raise AutograderError(
            f"{toml} names no labs, so all notebooks in {course.source_dir} are labs; with one "
            "named they would no longer be",
            f"name them first: [labs.{others[0]}]",
        )
    name = _numbered(name, others)
    folder = course.source_dir / name
    if name in others or folder.exists() or (course.release_dir / name).exists():
        raise AutograderError(
            f"there is a lab {name} already", f"another name, or edit {folder / name}.py"
        )
    values = {"name": name, "title": name[3:].replace("_", " ").capitalize()}
    try:
        write_whole(folder / f"{name}.py", _filled("lab.py.j2", values))
        write_whole(folder / "wrong_answers.toml", _filled("wrong_answers.toml.j2", values))
        write_whole(toml, text.rstrip("\n") + "\n" + _filled("course.toml.j2", values))
        course = Course(course.root)
        build(course, course.lab(name))
    except BaseException:
        _take_back(toml, text, folder, course.release_dir / name)
        raise
    return course.lab(name)


def _take_back(toml: Path, text: str, *folders: Path) -> None:
    """Half a lab would make every command on the course fail."""
    if toml.read_text(encoding="utf-8") != text:
        write_whole(toml, text)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _numbered(name: str, others: list[str]) -> str:
    if re.fullmatch(r"[a-z][a-z0-9_]*", name):
        numbers = [int(other[:2]) for other in others if other[:2].isdecimal()]
        name = f"{max(numbers, default=0) + 1:02}_{name}"
    if not re.fullmatch(r"\d\d_[a-z][a-z0-9_]*", name):
        raise AutograderError(
            f"{name!r} can't be a lab's name: two digits, then small letters, digits and _",
            "for example: autograder new-lab 09_attention",
        )
    return name


def _filled(template: str, values: dict[str, str]) -> str:
    environment = Environment(
        loader=PackageLoader("autograder.authoring", "skeleton"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(values)
