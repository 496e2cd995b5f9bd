"""The instructor's notebooks of a lab."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator

from autograder.course.course import Course, Lab
from autograder.errors import AutograderError
from autograder.notebooks.cell_roles import grade_id, graded_cells
from autograder.notebooks.reading.recognise_lab import find_grade_ids


def read_source_notebooks(course: Course, lab: Lab) -> dict[str, NotebookNode]:
    """Return the instructor's notebooks by name, in the current format.

    Raises:
        AutograderError: There is no notebook, or one cannot be read or is not in Python.
    """
    folder = course.source_dir / lab.name
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise AutograderError(
            f"there is no notebook in {folder}", f"run: autograder build {lab.name}"
        )
    try:
        found = {path.stem: _upgrade(nbformat.read(path, as_version=4)) for path in paths}
    except Exception as error:  # nbformat raises half a dozen unrelated types
        raise AutograderError(f"a notebook in {folder} cannot be read: {error}") from error
    _check_language(found, lab)
    return found


def _check_language(sources: dict[str, NotebookNode], lab: Lab) -> None:
    """Check that all notebooks are in Python: run as Python, others would earn nothing."""
    for name, source in sources.items():
        kernel = source.metadata.get("kernelspec", {})
        language = kernel.get("language") or source.metadata.get("language_info", {}).get("name")
        if language and language.lower() != "python":
            raise AutograderError(
                f"{name}.ipynb is written in {language}; autograder grades only Python notebooks",
                f"grade it with: nbgrader autograde {lab.name}",
            )


def _upgrade(notebook: NotebookNode) -> NotebookNode:
    """Convert a notebook to the current format; missing cell ids are the same on every read."""
    notebook = MetadataValidator().upgrade_notebook_metadata(notebook)
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{number:02d}")
    notebook.nbformat_minor = 5
    return notebook


def list_questions(course: Course, lab: Lab) -> dict[str, list[str]]:
    """Return the grade_ids of the graded cells in grading order, by notebook."""
    found = {}
    for path in sorted((course.source_dir / lab.name).glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        found[path.stem] = [grade_id(cell) for cell in graded_cells(notebook)]
    return found


def read_lab_ids(course: Course) -> dict[str, set[str]]:
    """Return the grade_ids of all cells of every lab, by which its notebooks are recognised."""
    return {
        lab.name: {
            name
            for path in (course.source_dir / lab.name).glob("*.ipynb")
            for name in find_grade_ids(path.read_bytes())
        }
        for lab in course.labs()
    }
