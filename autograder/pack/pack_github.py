"""A folder for the template repository of an assignment on GitHub, as a zip file."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

from autograder.course.course import Course
from autograder.files import write_atomically
from autograder.pack.classroom_result import STATEMENT
from autograder.pack.make_wheel import list_constraints, make_wheel
from autograder.pack.packed_lab import PackedLab
from autograder.pack.render_file import render_file
from autograder.pack.zip_files import zip_files


def pack_for_github(course: Course, packed: PackedLab, minutes: float) -> Path:
    """Write exports/LAB-github.zip, with the lab as released: no hidden test, no solution.

    Args:
        course: The course.
        packed: The lab.
        minutes: After this time, GitHub ends the run.

    Raises:
        AutograderError: The wheel cannot be made, or the file cannot be written.
    """
    visible = packed.drop_hidden_tests()
    wheel, content = make_wheel()
    values: dict[str, str | float] = {
        "lab": packed.lab,
        "title": packed.title,
        "wheel": wheel,
        "statement": STATEMENT,
        "python": ".".join(map(str, sys.version_info[:2])),
        "minutes": round(minutes),
    }
    files: dict[str, str | bytes] = {
        ".github/workflows/grade.yml": render_file("grade.yml", **values),
        ".grading/README.md": render_file("README.md", **values),
        ".grading/autograder.py": render_file("autograder.py", **values),
        ".grading/lab.json": visible.as_json(),
        ".grading/constraints.txt": list_constraints(),
        f".grading/{wheel}": content,
        **packed.marking.companions,
    }
    for name, notebook in packed.marking.released.items():
        files[f"{name}.ipynb"] = nbformat.writes(notebook) + "\n"
    path = course.exports_dir / f"{packed.lab}-github.zip"
    write_atomically(path, zip_files(files))
    return path
