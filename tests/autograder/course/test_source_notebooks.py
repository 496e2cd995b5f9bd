"""The instructor's notebooks are read as nbgrader reads them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from autograder.authoring.stock_engine import StockEngine
from autograder.course.course import Course
from autograder.course.source_notebooks import list_questions, read_source_notebooks
from autograder.errors import AutograderError
from autograder.gradebook.gradebook import CourseGradebook
from autograder.notebooks.cell_roles import grade_id, has_role, is_test_cell
from autograder.notebooks.forms import release_notebook, solve_notebook
from tests.autograder.nbgrader_notebooks import (
    answer,
    check,
    code,
    make_course,
    mark,
    task,
    write_notebook,
)

AUTOTESTS = """\
python3:
  setup: "from hashlib import sha1"
  hash: 'sha1({{snippet}}.encode("utf-8")+b"{{salt}}").hexdigest()'
  dispatch: "type({{snippet}})"
  normalize: "str({{snippet}})"
  check: 'assert {{snippet}} == "{{value}}", "{{message}}"'
  success: "print('Success!')"
  templates:
    default:
      - test: "type({{snippet}})"
        fail: "type of {{snippet}} is not correct"
      - test: "{{snippet}}"
        fail: "value of {{snippet}} is not correct"
"""


def read(root: Path, lab: str = "ps1") -> nbformat.NotebookNode:
    course = Course(root)
    return read_source_notebooks(course, course.lab(lab))[lab]


def of_schema(version: int) -> list[nbformat.NotebookNode]:
    """The same cells with metadata of an older nbgrader, and what its toolbar left behind."""
    cells = [
        code("import math"),
        answer("a", "x = 1"),
        check("q", "assert x == 1", points=2),
        mark(code("y = 2"), "given", locked=True),
    ]
    for cell in cells[1:]:
        meta = cell.metadata.nbgrader
        del meta["task"]
        if version:
            meta["schema_version"] = version
        else:
            del meta["schema_version"]
            meta.update({k: str(v) for k, v in meta.items() if k == "points"})
    left = {"grade": False, "solution": False, "locked": False}
    cells[0].metadata["nbgrader"] = {**left, **({"schema_version": version} if version else {})}
    return cells


@pytest.mark.parametrize("version", [0, 1, 2, 3])
def test_every_schema_is_read_and_registered(tmp_path: Path, version: int) -> None:
    root = make_course(tmp_path, *of_schema(version))
    before = (root / "source" / "ps1" / "ps1.ipynb").read_bytes()
    notebook = read(root)
    assert [grade_id(cell) for cell in notebook.cells] == ["", "a", "q", "given"]
    assert not has_role(notebook.cells[0])
    course = Course(root)
    CourseGradebook(course).register(course.lab("ps1"))
    with Gradebook(course.db_url) as gradebook:
        assert gradebook.find_assignment("ps1").max_score == 2.0
    assert (root / "source" / "ps1" / "ps1.ipynb").read_bytes() == before


@pytest.mark.parametrize("role", [{"grade": True}, {"solution": True}, {"locked": True}], ids=str)
def test_a_role_without_an_id_is_named(tmp_path: Path, role: dict[str, bool]) -> None:
    cell = mark(new_code_cell("assert x == 1"), "q", points=1, **role)
    del cell.metadata.nbgrader["grade_id"]
    root = make_course(tmp_path, answer("a", "x = 1"), cell)
    with pytest.raises(AutograderError, match=r'ps1/ps1.ipynb: cell 2 \("assert x == 1"\)') as e:
        read(root)
    assert "no grade_id" in str(e.value) and "Create Assignment" in e.value.hint


def test_the_header_of_the_course_comes_first(tmp_path: Path) -> None:
    config = "c.IncludeHeaderFooter.header = 'source/header.ipynb'\n"
    root = make_course(tmp_path, answer("a", "x = helper()"), config=config)
    write_notebook(root / "source" / "header.ipynb", code("def helper(): return 1"))
    sources = [cell.source for cell in read(root).cells]
    assert sources[0] == "def helper(): return 1" and len(sources) == 2


def test_a_missing_header_is_named(tmp_path: Path) -> None:
    config = "c.IncludeHeaderFooter.header = 'source/none.ipynb'\n"
    root = make_course(tmp_path, answer("a", "x = 1"), config=config)
    with pytest.raises(AutograderError, match="header or footer .*none.ipynb"):
        read(root)


@pytest.mark.slow
def test_autotests_are_those_that_nbgrader_stores(tmp_path: Path) -> None:
    cells = (
        answer("a", "x = [1, 2]"),
        check("q", "### AUTOTEST len(x)\n### HASHED AUTOTEST x[1]"),
    )
    root = make_course(tmp_path, *cells)
    (root / "autotests.yml").write_text(AUTOTESTS)
    course = Course(root)
    CourseGradebook(course).register(course.lab("ps1"))
    with Gradebook(course.db_url) as gradebook:
        stored = gradebook.find_source_cell("q", "ps1", "ps1").source
    (ours,) = (cell.source for cell in read(root).cells if is_test_cell(cell))
    assert ours == stored
    assert "AUTOTEST" not in ours and ours.count("assert") == 4
    with StockEngine(course, course.lab("ps1")):
        pass  # it registers the lab in a course of its own, with the same file


@pytest.mark.slow
def test_autotests_without_their_file_are_an_error_that_says_so(tmp_path: Path) -> None:
    root = make_course(tmp_path, answer("a", "x = 1"), check("q", "### AUTOTEST x"))
    with pytest.raises(AutograderError, match="AUTOTEST lines cannot be made: .*autotests.yml"):
        read(root)


def test_tasks_are_questions(tmp_path: Path) -> None:
    root = make_course(
        tmp_path, answer("a", "x = 1"), check("q", "assert x"), task("t", "Draw.", 4)
    )
    course = Course(root)
    assert list_questions(course, course.lab("ps1")) == {"ps1": ["q", "t"]}


MARKERS = """\
c.ClearSolutions.begin_solution_delimeter = "ANSWER>"
c.ClearSolutions.end_solution_delimeter = "<ANSWER"
c.ClearSolutions.code_stub = {"python": "# over to you"}
"""


@pytest.mark.parametrize(
    ("config", "source", "solved", "released"),
    [
        ("", "a = 1\n### BEGIN SOLUTION\nb = 2\n### END SOLUTION", "a = 1\nb = 2", "a = 1\n# YOUR"),
        ("", "b = 2", "b = 2", "# YOUR"),
        ("", "    # BEGIN SOLUTION here\nb = 2\n#END SOLUTION\n", "b = 2", "    # YOUR"),
        (MARKERS, "a = 1\n# ANSWER>\nb = 2\n# <ANSWER", "a = 1\nb = 2", "a = 1\n# over to you"),
        (MARKERS, "b = 2", "b = 2", "# over to you"),
    ],
    ids=["markers", "whole cell", "text beside markers", "own markers", "own stub"],
)
def test_a_solution_is_what_nbgrader_clears(
    tmp_path: Path, config: str, source: str, solved: str, released: str
) -> None:
    cell = mark(new_code_cell(source), "a", solution=True)
    root = make_course(tmp_path, cell, config=config)
    settings, notebook = Course(root).nbgrader_config, read(root)
    assert solve_notebook(notebook, settings).cells[0].source.strip() == solved
    assert release_notebook(notebook, settings).cells[0].source.startswith(released)


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}},
        {
            "kernelspec": {"name": "bash", "display_name": "Bash"},
            "language_info": {"name": "bash"},
        },
    ],
    ids=["R", "Bash"],
)
def test_another_language_is_named_with_what_grades_it(tmp_path: Path, metadata: dict) -> None:
    root = make_course(tmp_path, answer("a", "x <- 1"), check("q", "stopifnot(x == 1)"))
    path = root / "source" / "ps1" / "ps1.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = nbformat.from_dict(metadata)
    nbformat.write(notebook, path)
    with pytest.raises(AutograderError, match="is written in (R|bash)") as error:
        read(root)
    assert error.value.hint == "grade it with: nbgrader autograde ps1"
