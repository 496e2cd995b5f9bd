"""`autograder build`: make the notebooks of a lab, and the file of its checks, from its source."""

from __future__ import annotations

from pathlib import Path

import nbformat

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Course, Lab
from autograder.files import write_atomically
from autograder.notebooks.forms import release_notebook, release_whole
from autograder.notebooks.short_checks import find_checks_file, render_checks


def render_files(course: Course, lab: Lab) -> dict[Path, str]:
    """Return the text of each file that is made from the lab's source, by path."""
    instructor = make_instructor_notebook(course, lab)
    checks = find_checks_file(course.root, lab.name)
    notebooks = {
        course.source_dir / lab.name / lab.notebook: instructor,
        course.release_dir / lab.name / lab.notebook: release_notebook(instructor),
    }
    texts = {path: nbformat.writes(notebook) + "\n" for path, notebook in notebooks.items()}
    if checks is not None:
        texts[checks] = render_checks(release_whole(instructor))
    return texts


def build(course: Course, lab: Lab) -> list[Path]:
    """Write the lab's files; return those that were out of date."""
    texts = render_files(course, lab)
    stale = _select_stale(texts)
    for path in stale:
        write_atomically(path, texts[path])
    return stale


def find_stale_files(course: Course, lab: Lab) -> list[Path]:
    """Return the files that are missing, out of date or edited by hand."""
    return _select_stale(render_files(course, lab))


def _select_stale(texts: dict[Path, str]) -> list[Path]:
    return [
        path
        for path, text in texts.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
