"""The instructor's notebooks of a lab."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator

from autograder.course.course import Course, Lab
from autograder.course.instructor_file import read_instructor_file
from autograder.course.nbgrader_steps import include_header_and_footer, instantiate_tests
from autograder.errors import AutograderError
from autograder.notebooks.cell_roles import (
    grade_id,
    graded_cells,
    has_role,
    nbgrader_metadata,
)
from autograder.notebooks.reading.recognise_lab import find_grade_ids


def read_source_notebooks(course: Course, lab: Lab) -> dict[str, NotebookNode]:
    """Return the instructor's notebooks by name, as nbgrader stores them for grading.

    They are in the current format, with the course's header and footer, and with the tests that
    nbgrader makes of `### AUTOTEST` lines.

    Raises:
        AutograderError: There is no notebook, or one cannot be read or is not in Python.
    """
    folder = course.source_dir / lab.name
    found = _read_notebooks(course, lab)
    if not found:
        raise AutograderError(
            f"there is no notebook in {folder}", f"run: autograder build {lab.name}"
        )
    for name, notebook in found.items():
        _check_language(name, notebook, lab)
        instantiate_tests(course, lab, f"{name}.ipynb", notebook)
    return found


def list_questions(course: Course, lab: Lab) -> dict[str, list[str]]:
    """Return the grade_ids of the graded cells in grading order, by notebook."""
    return {
        name: [grade_id(cell) for cell in graded_cells(notebook)]
        for name, notebook in _read_notebooks(course, lab).items()
    }


def upgrade_notebook(notebook: NotebookNode) -> NotebookNode:
    """Convert a notebook's metadata to nbgrader's current schema; return the same notebook.

    nbgrader's metadata of a cell without a role means nothing, and is removed. Older toolbars left
    it behind, without a grade_id.
    """
    for cell in notebook.cells:
        if not isinstance(cell.metadata.get("nbgrader", {}), dict):
            del cell.metadata["nbgrader"]
    notebook = MetadataValidator().upgrade_notebook_metadata(notebook)
    for cell in notebook.cells:
        if not has_role(cell):
            cell.metadata.pop("nbgrader", None)
    return notebook


def copy_in_current_schema(course: Course, lab: Lab, folder: Path) -> Path | None:
    """Copy the lab's source into a folder with nbgrader's metadata in the current schema.

    nbgrader refuses older schemas and cells without an id, and upgrades notebooks in place only.

    Args:
        course: The course.
        lab: The lab.
        folder: The folder that becomes the source directory; it does not exist yet.

    Returns:
        The folder; None if the notebooks are in the current schema.

    Raises:
        AutograderError: A notebook cannot be read.
    """
    old = {}
    for path in sorted((course.source_dir / lab.name).glob("*.ipynb")):
        try:
            notebook = read_instructor_file(path)
            before = [cell.metadata.get("nbgrader") for cell in copy.deepcopy(notebook).cells]
            notebook = upgrade_notebook(notebook)
        except AutograderError:
            raise
        except Exception as error:  # nbgrader raises half a dozen unrelated types
            raise AutograderError(f"{path} cannot be read: {error}") from error
        if before != [cell.metadata.get("nbgrader") for cell in notebook.cells]:
            old[path.name] = notebook
    if not old:
        return None
    shutil.copytree(course.source_dir / lab.name, folder / lab.name)
    for name, notebook in old.items():
        nbformat.write(notebook, folder / lab.name / name)
    return folder


def _read_notebooks(course: Course, lab: Lab) -> dict[str, NotebookNode]:
    """Read the notebooks and give each cell an id, the same at every read."""
    folder = course.source_dir / lab.name
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            notebook = upgrade_notebook(read_instructor_file(path))
            notebook = include_header_and_footer(course, notebook)
        except AutograderError:
            raise
        except Exception as error:  # nbgrader raises half a dozen unrelated types
            raise AutograderError(f"{path} cannot be read: {error}") from error
        _check_ids(path, notebook)
        for number, cell in enumerate(notebook.cells):
            cell.setdefault("id", f"cell-{number:02d}")
        notebook.nbformat_minor = 5
        found[path.stem] = notebook
    return found


def _check_ids(path: Path, notebook: NotebookNode) -> None:
    """Check that each cell with a role has a grade_id: scores and answers are stored under it."""
    for number, cell in enumerate(notebook.cells, start=1):
        if has_role(cell) and not isinstance(nbgrader_metadata(cell).get("grade_id"), str):
            start = cell.source.strip().split("\n")[0][:60]
            raise AutograderError(
                f'{path.parent.name}/{path.name}: cell {number} ("{start}") has a role in grading '
                "and no grade_id",
                'give it an id under "Create Assignment" in JupyterLab, then grade again',
            )


def _check_language(name: str, source: NotebookNode, lab: Lab) -> None:
    """Check that a notebook is in Python: run as Python, another one would earn nothing."""
    kernel, about = (source.metadata.get(key) for key in ("kernelspec", "language_info"))
    language = kernel.get("language") if isinstance(kernel, dict) else None
    language = language or (about.get("name") if isinstance(about, dict) else None)
    if isinstance(language, str) and language.lower() not in ("python", "ipython"):
        raise AutograderError(
            f"{name}.ipynb is written in {language}; autograder grades only Python notebooks",
            f"grade it with: nbgrader autograde {lab.name}",
        )


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
