"""Downloads as LMSs make them: real zip files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course.course import Course
from tests.autograder.tiny_course import LAB, solved


def zip_files(files: Mapping[str, bytes | str]) -> bytes:
    """The bytes of a zip file with these files, by name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def download(path: Path, files: Mapping[str, bytes | str]) -> Path:
    """Write a zip file with these files, by name; returns `path`."""
    path.write_bytes(zip_files(files))
    return path


def notebook_bytes(course: Course, say: str = "") -> bytes:
    """A solved notebook; another `say` makes another notebook."""
    made = solved(course)
    made.cells.append(nbformat.v4.new_markdown_cell(f"I am {say}", id="said"))
    return nbformat.writes(made).encode()


def submitted_files(course: Course, student: str) -> dict[str, bytes]:
    """A student's files in submitted/, by name."""
    folder = course.submitted_dir / student / LAB
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def add_other_lab(course: Course) -> NotebookNode:
    """Add a second lab to the course; returns its notebook."""
    toml = course.root / "course.toml"
    toml.write_text(toml.read_text() + '\n[labs.02_other]\ntitle = "Other"\n')
    mark = {"grade": True, "grade_id": "other", "locked": True, "points": 1, "schema_version": 3}
    cell = nbformat.v4.new_code_cell("assert 1", metadata={"nbgrader": {**mark, "solution": False}})
    made = nbformat.v4.new_notebook(cells=[cell])
    folder = course.source_dir / "02_other"
    folder.mkdir()
    nbformat.write(made, folder / "02_other.ipynb")
    return made
