"""Add a lab to a course: a skeleton to change, which is already a complete lab."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.authoring.build import build
from autograder.course.course import Course, Lab
from autograder.errors import AutograderError
from autograder.files import write_atomically


def create_lab(course: Course, name: str) -> Lab:
    """Add a lab with two questions and wrong answers to a course, and build its notebooks.

    Args:
        course: The course. The lab's settings are added at the end of its `course.toml`.
        name: The name, such as `09_attention`; without a number, the next one is used.

    Raises:
        AutograderError: The name is not valid or exists already, or the course has no
            `course.toml`. Nothing has changed.
    """
    toml = course.root / "course.toml"
    others = [lab.name for lab in course.labs()]
    text = _read_settings(course, toml, others)
    name = _add_number(name, others)
    folder = course.source_dir / name
    if name in others or folder.exists() or (course.release_dir / name).exists():
        raise AutograderError(
            f"there is already a lab {name}", f"use another name, or edit {folder / name}.py"
        )
    values = {"name": name, "title": name[3:].replace("_", " ").capitalize()}
    try:
        write_atomically(folder / f"{name}.py", render_skeleton("lab.py.j2", values))
        for answers in ("right_answers.toml", "wrong_answers.toml"):
            write_atomically(folder / answers, render_skeleton(f"{answers}.j2", values))
        write_atomically(toml, text.rstrip("\n") + "\n" + render_skeleton("course.toml.j2", values))
        course = Course(course.root)
        build(course, course.lab(name))
    except BaseException:
        _undo(toml, text, folder, course.release_dir / name)
        raise
    return course.lab(name)


def _read_settings(course: Course, toml: Path, labs: list[str]) -> str:
    """Return the text of `course.toml`, to which a lab can be added."""
    if not toml.is_file():
        raise AutograderError(
            f"{course.root} has no course.toml to add a lab to",
            "make a course that has one: autograder init DIR",
        )
    text = toml.read_text(encoding="utf-8")
    if labs and not re.search(r"^\s*\[labs\.", text, re.MULTILINE):
        raise AutograderError(
            f"{toml} names no labs, so every notebook in {course.source_dir} is a lab. If it named "
            "only the new one, the others would no longer be labs",
            f"first add the others: [labs.{labs[0]}]",
        )
    return text


def _undo(toml: Path, text: str, *folders: Path) -> None:
    """Remove an incomplete lab, which would make every command on the course fail."""
    if toml.read_text(encoding="utf-8") != text:
        write_atomically(toml, text)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _add_number(name: str, others: list[str]) -> str:
    if re.fullmatch(r"[a-z][a-z0-9_]*", name):
        numbers = [int(other[:2]) for other in others if other[:2].isdecimal()]
        name = f"{max(numbers, default=0) + 1:02}_{name}"
    if not re.fullmatch(r"\d\d_[a-z][a-z0-9_]*", name):
        raise AutograderError(
            f'"{name}" is not a valid lab name: use two digits, then small letters, digits and _',
            "for example: autograder new-lab 09_attention",
        )
    return name


def render_skeleton(template: str, values: dict[str, str]) -> str:
    """Render a file of the skeleton of a lab or a course."""
    environment = Environment(
        loader=PackageLoader("autograder.authoring", "skeleton"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(values)
