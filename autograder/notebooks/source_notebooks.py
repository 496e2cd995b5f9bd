"""A lab's notebooks as the instructor has them."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator

from autograder.course.course import Course, Lab
from autograder.errors import AutograderError
from autograder.notebooks.cell_roles import grade_id, graded_cells


def source_notebooks(course: Course, lab: Lab) -> dict[str, NotebookNode]:
    """The lab's notebooks as the instructor has them, by name, in the current format.

    Raises:
        AutograderError: there is none, or none that can be read, or one is not in Python.
    """
    folder = course.source_dir / lab.name
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise AutograderError(f"no notebook in {folder}", f"run: autograder build {lab.name}")
    try:
        found = {path.stem: _current(nbformat.read(path, as_version=4)) for path in paths}
    except Exception as error:  # nbformat raises half a dozen unrelated types
        raise AutograderError(f"a notebook in {folder} can't be read: {error}") from error
    _check_language(found, lab)
    return found


def _check_language(sources: dict[str, NotebookNode], lab: Lab) -> None:
    """Refuse a lab in another language: run as Python, everybody would get nothing."""
    for name, source in sources.items():
        kernel = source.metadata.get("kernelspec", {})
        language = kernel.get("language") or source.metadata.get("language_info", {}).get("name")
        if language and language.lower() != "python":
            raise AutograderError(
                f"{name}.ipynb is written in {language}; only Python notebooks can be graded here",
                f"grade it with: nbgrader autograde {lab.name}",
            )


def _current(notebook: NotebookNode) -> NotebookNode:
    """A source of any age in the current format, with ids that are the same at every reading."""
    notebook = MetadataValidator().upgrade_notebook_metadata(notebook)
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{number:02d}")
    notebook.nbformat_minor = 5
    return notebook


def questions_of(course: Course, lab: Lab) -> dict[str, list[str]]:
    """By notebook of the lab, its graded cells' ids, in the order in which they are graded."""
    found = {}
    for path in sorted((course.source_dir / lab.name).glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        found[path.stem] = [grade_id(cell) for cell in graded_cells(notebook)]
    return found
