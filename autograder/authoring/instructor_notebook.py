"""Make the instructor's notebook from a lab's source, the only file of a lab that people edit.

The source is a Python file in jupytext's percent format. A cell's header may have one of
`solution="QUESTION"`, `tests="QUESTION"` and `written="QUESTION"`. Points are in `course.toml`.
"""

from __future__ import annotations

import copy
import re
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.authoring.read_source import ROLES, read_source
from autograder.course.course import Course, Lab
from autograder.errors import AutograderError
from autograder.notebooks.cell_roles import grade_id, graded_cells, list_grade_ids
from autograder.notebooks.forms import release_whole
from autograder.notebooks.short_checks import has_checks
from course_lib.notebook.shorten_checks import CHECK_TITLE

_KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def source_path(course: Course, lab: Lab) -> Path:
    """Return the path of the lab's source."""
    return course.source_dir / lab.name / f"{lab.name}.py"


def make_instructor_notebook(course: Course, lab: Lab) -> NotebookNode:
    """Return the lab with solutions and hidden tests: nbgrader's source notebook.

    Raises:
        AutograderError: There is no source, its questions do not match `course.toml`, or a region
            in a cell is not closed.
    """
    path = source_path(course, lab)
    if not path.is_file():
        raise AutograderError(f"lab {lab.name} has no source {path}", "see docs/writing-a-lab.md")
    notebook = read_source(path)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        _set_metadata(cell, lab, path)
        _check_regions(cell, path)
    _check_questions(notebook, lab, path)
    if course.repository and notebook.cells and notebook.cells[0].cell_type == "markdown":
        notebook.cells[0].source = f"{_make_badge(course, lab)}\n\n{notebook.cells[0].source}"
    notebook.cells.insert(1, new_code_cell(_make_install_cell(course)))
    for number, cell in enumerate(notebook.cells):
        # nbformat allows no point in a cell's id.
        cell.id = grade_id(cell).replace(".", "-") or f"cell-{number:02d}"
    notebook.metadata = NotebookNode(copy.deepcopy(_KERNEL))
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    if has_checks(course.root, lab.name, lambda: release_whole(notebook)):
        notebook.metadata["course_lib"] = NotebookNode(checks=lab.name)
    return notebook


def _set_metadata(cell: NotebookNode, lab: Lab, path: Path) -> None:
    """Replace the short attribute of the source by nbgrader's metadata."""
    roles = [role for role in ROLES if role in cell.metadata]
    question = cell.metadata[roles[0]] if roles else None
    cell.metadata = NotebookNode()
    if not roles:
        return
    role = roles[0]
    nbgrader = {
        "schema_version": 3,
        "grade_id": f"{question}_answer" if role == "solution" else question,
        "solution": role != "tests",
        "grade": role != "solution",
        "locked": role == "tests",
        "task": False,
        "cell_type": cell.cell_type,
    }
    if nbgrader["grade"]:
        if question not in lab.points:
            raise AutograderError(
                f"{path}: question {question!r} has no points",
                f"add it to course.toml: [labs.{lab.name}.points] {question} = 1",
            )
        nbgrader["points"] = lab.points[question]
    if role == "tests":
        _fold(cell, str(question))
    cell.metadata.nbgrader = NotebookNode(nbgrader)


def _fold(cell: NotebookNode, question: str) -> None:
    """Let JupyterLab and Colab show a check as one line: most students read only what it prints."""
    cell.source = f"{CHECK_TITLE}{question}\n{cell.source}"
    cell.metadata.cellView = "form"
    cell.metadata.jupyter = NotebookNode(source_hidden=True)


_REGION = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS)")


def _check_regions(cell: NotebookNode, path: Path) -> None:
    """Check that regions are closed: nbgrader would release their content, or stop."""
    marks = _REGION.findall(cell.source)
    closed = [(word, what) for _, what in marks[::2] for word in ("BEGIN", "END")]
    if marks != closed:
        first = next((line for line in cell.source.splitlines() if line.strip()), "")
        raise AutograderError(
            f"{path}: in the cell that begins {first!r}, BEGIN and END of a solution or of hidden "
            "tests do not match",
            "put an ### END … after each ### BEGIN … and before the next one",
        )


def _check_questions(notebook: NotebookNode, lab: Lab, path: Path) -> None:
    ids = list_grade_ids(notebook)
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise AutograderError(f"{path}: two cells have the name {', '.join(twice)}", "rename one")
    unused = sorted(set(lab.points) - {grade_id(cell) for cell in graded_cells(notebook)})
    if unused:
        raise AutograderError(
            f"course.toml gives points to {', '.join(unused)}, which {path} does not have",
            f"remove them from [labs.{lab.name}.points]",
        )


_FETCH = "# Colab: fetch course_lib; the TensorFlow, Keras and NumPy there stay as they are."
# An address that nobody owns could be registered by anyone, who would then run code here.
_NO_REPOSITORY = (
    "# To let Colab install course_lib here, set `repository` in course.toml and build again."
)
_MISSING = (
    'raise ImportError("course_lib is not installed: follow the README, or ask your instructor '
    'for a notebook for Colab.") from None'
)


def _make_badge(course: Course, lab: Lab) -> str:
    path = f"{course.branch}/{course.release_dir.name}/{lab.name}/{lab.notebook}"
    github = course.repository.removeprefix("https://github.com/")
    return (
        "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"
        f"(https://colab.research.google.com/github/{github}/blob/{path})"
    )


def _find_library(course: Course) -> str:
    """Return where pip finds `course_lib`: in the labs' repository and branch, or elsewhere."""
    with_the_labs = course.library == course.repository
    return f"{course.library}@{course.branch}" if with_the_labs else course.library


def _make_install_cell(course: Course) -> str:
    """Return the cell that installs `course_lib` and, with `--no-deps`, nothing else.

    It also prints the profile and the GPU, and imports the helpers that run and list checks.
    """
    install = f'%pip install --quiet --no-deps "git+{_find_library(course)}"'
    return (
        f"{_FETCH if course.library else _NO_REPOSITORY}\n"
        "try:\n"
        "    import course_lib\n"
        "except ImportError:\n"
        f"    {install if course.library else _MISSING}\n"
        "\n"
        "from course_lib import profile\n"
        "from course_lib.notebook import check_my_work, progress, shorten_checks\n"
        "\n"
        "shorten_checks()  # a check prints one sentence; its traceback is folded below it\n"
        '# check_my_work("QUESTION") runs the checks again; progress() lists the questions.\n'
        "print(profile.describe())"
    )
