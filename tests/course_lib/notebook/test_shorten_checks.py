"""A student runs check cells in a real kernel and reads what they print."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

START = "from course_lib.notebook import check_my_work, progress, shorten_checks\nshorten_checks()"
TITLE = "# @title Check: "
ANSWER = "def half(x):\n    return x / 2\n"
CHECK = (
    f"{TITLE}half\ngiven = half(4)\nassert given == 2, f'`half(4)` returned {{given}}; expected 2.'"
)


def run(folder: Path, *sources: str) -> list[NotebookNode]:
    """Run the first cell of a lab and these cells, whatever they raise; returns these cells."""
    notebook = new_notebook()
    notebook.cells = [new_code_cell(source) for source in (START, *sources)]
    for cell in notebook.cells[1:]:
        if cell.source.startswith(TITLE):
            question = cell.source.partition("\n")[0].removeprefix(TITLE)
            mark = {"grade_id": question, "grade": True, "solution": False, "points": 2}
            cell.metadata.nbgrader = {**mark, "locked": True, "schema_version": 3, "task": False}
    nbformat.write(notebook, folder / "lab.ipynb")
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, allow_errors=True, timeout=60, resources=resources).execute()
    return notebook.cells[1:]


def read_errors(cell: NotebookNode) -> list[NotebookNode]:
    return [output for output in cell.outputs if output.output_type == "error"]


def test_a_check_that_passes_says_so(tmp_path: Path) -> None:
    _, check, other = run(tmp_path, ANSWER, CHECK, "half(8)")
    assert [output.text for output in check.outputs] == ["✓ half: all checks passed\n"]
    assert other.outputs[0].data["text/plain"] == "4.0"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("half = lambda x: x", "✗ half: not yet. `half(4)` returned 4; expected 2."),
        (
            "def half(x):\n    return x / '2'",
            "✗ half: not yet. TypeError: unsupported operand type(s) for /: 'int' and 'str'\n"
            "It stopped at: return x / '2'",
        ),
        (
            "def half(x):\n    raise NotImplementedError()",
            "✗ half: no answer yet. Replace `raise NotImplementedError()` with your answer.",
        ),
        (
            "halve = 1",
            "✗ half: not yet. NameError: name 'half' is not defined. Run the cell that defines it, "
            "or check its spelling.",
        ),
    ],
)
def test_a_failed_check_is_one_sentence(tmp_path: Path, answer: str, said: str) -> None:
    _, check = run(tmp_path, answer, CHECK)
    error, folded = check.outputs
    assert error.traceback == [said]
    assert error.ename in ("AssertionError", "TypeError", "NotImplementedError", "NameError")
    assert folded.data["text/html"].startswith("<details><summary>Traceback</summary><pre>")
    assert "given = half(4)" in folded.data["text/html"]
    assert "\x1b" not in folded.data["text/html"]
    check.metadata.nbgrader.cell_type = "code"
    assert determine_grade(check) == (0, 2)


def test_an_unanswered_stub_says_what_to_do(tmp_path: Path) -> None:
    (stub,) = run(tmp_path, "# YOUR CODE HERE\nraise NotImplementedError()")
    (error,) = read_errors(stub)
    assert error.traceback == [
        "✗ no answer yet. Replace `raise NotImplementedError()` with your answer."
    ]


@pytest.mark.parametrize("source", ["1 / 0", "assert False, 'mine'", "def f(:\n  pass"])
def test_other_cells_keep_their_tracebacks(tmp_path: Path, source: str) -> None:
    cell, check = run(tmp_path, source, f"{TITLE}last\nassert True")
    (error,) = read_errors(cell)
    assert not error.traceback[-1].startswith("✗")
    assert error.ename in error.traceback[-1]
    assert [output.text for output in check.outputs] == ["✓ last: all checks passed\n"]


def test_progress_lists_all_questions(tmp_path: Path) -> None:
    *_, shown = run(
        tmp_path, ANSWER, CHECK, f"{TITLE}wrong\nassert half(2) == 2", "progress()", f"{TITLE}a\n1",
        "check_my_work('a')\nprogress()",
    )  # fmt: skip
    assert "".join(output.text for output in shown.outputs) == (
        "a: right, as far as you can see. More checks run when it is graded.\n"
        "2 of 3 checks passed.\n"
        "✓ half   2 points\n"
        "✗ wrong  2 points  not yet\n"
        "✓ a      2 points\n"
    )
