"""`autograder build`: from every lab's source to its instructor and student notebooks."""

from __future__ import annotations

from pathlib import Path

import nbformat

from autograder.authoring.source import instructor_notebook
from autograder.course.course import Course, Lab
from autograder.files import write_whole
from autograder.notebooks import forms


def notebook_texts(course: Course, lab: Lab) -> dict[Path, str]:
    """The text of each notebook that is made of the lab's source, by its path."""
    instructor = instructor_notebook(course, lab)
    return {
        course.source_dir / lab.name / lab.notebook: _text(instructor),
        course.release_dir / lab.name / lab.notebook: _text(forms.student(instructor)),
    }


def _text(notebook: nbformat.NotebookNode) -> str:
    return nbformat.writes(notebook) + "\n"


def build(course: Course, lab: Lab) -> list[Path]:
    """Write the lab's notebooks; returns those that were not yet as they should be."""
    stale = stale_notebooks(course, lab)
    texts = notebook_texts(course, lab)
    for path in stale:
        write_whole(path, texts[path])
    return stale


def stale_notebooks(course: Course, lab: Lab) -> list[Path]:
    """The notebooks that are missing, out of date or edited by hand."""
    return [
        path
        for path, text in notebook_texts(course, lab).items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
