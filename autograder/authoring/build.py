"""`autograder build`: make the notebooks of a lab from its source."""

from __future__ import annotations

from pathlib import Path

import nbformat

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Course, Lab
from autograder.files import write_atomically
from autograder.notebooks.forms import release_notebook


def render_notebooks(course: Course, lab: Lab) -> dict[Path, str]:
    """Return the text of each notebook that is made from the lab's source, by path."""
    instructor = make_instructor_notebook(course, lab)
    notebooks = {
        course.source_dir / lab.name / lab.notebook: instructor,
        course.release_dir / lab.name / lab.notebook: release_notebook(instructor),
    }
    return {path: nbformat.writes(notebook) + "\n" for path, notebook in notebooks.items()}


def build(course: Course, lab: Lab) -> list[Path]:
    """Write the lab's notebooks; return those that were out of date."""
    stale = find_stale_notebooks(course, lab)
    texts = render_notebooks(course, lab)
    for path in stale:
        write_atomically(path, texts[path])
    return stale


def find_stale_notebooks(course: Course, lab: Lab) -> list[Path]:
    """Return the notebooks that are missing, out of date or edited by hand."""
    return [
        path
        for path, text in render_notebooks(course, lab).items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
