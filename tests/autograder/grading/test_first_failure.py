"""The cell that stopped first is named where later cells miss what it defines."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.engine.wire.note import NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.grading.first_failure import name_first_failure, note_missing_modules

MARK = {"grade": True, "solution": False, "locked": True, "points": 1, "schema_version": 3}


def failed(name: str, text: str) -> NotebookNode:
    error = new_output("error", ename=name, evalue=text, traceback=[])
    return new_code_cell("?", outputs=[error])


def run(test: str, *, broken: bool = False) -> NotebookNode:
    outputs = [new_output("error", ename="NameError", evalue="x", traceback=[])] if broken else []
    return new_code_cell("?", outputs=outputs, metadata={"nbgrader": {**MARK, "grade_id": test}})


def undefined(test: str, name: str) -> QuestionVerdict:
    message = f"NameError: name '{name}' is not defined"
    return QuestionVerdict(test, 0.0, 1.0, Status.ERROR, message, undefined_name=name)


NO_COLAB = ("ModuleNotFoundError", "No module named 'google.colab'")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([failed(*NO_COLAB)], "cell 2 stopped: No module named 'google.colab'"),
        ([failed("ValueError", "bad shape")], "cell 2 stopped: ValueError: bad shape"),
        ([failed("KeyboardInterrupt", "")], "cell 2 stopped: KeyboardInterrupt"),
        (
            [new_code_cell("x"), failed("ZeroDivisionError", "0"), failed(*NO_COLAB)],
            "cell 3 stopped",
        ),
        ([failed("NotImplementedError", ""), failed("OSError", "gone")], "cell 3 stopped: OSError"),
        ([failed("A", "\x1b[2Jb" + "c" * 5000)], "cell 2 stopped: A: ?[2Jbc"),
        ([run("before", broken=True)], ""),
        ([failed("NotImplementedError", "")], ""),
        ([], ""),
    ],
)
def test_the_first_failed_cell_is_named(cells: list[NotebookNode], said: str) -> None:
    notebook = new_notebook(cells=[new_markdown_cell("#"), *cells, run("q"), failed("B", "late")])
    (verdict,) = name_first_failure([undefined("q", "x")], notebook)
    before, _, after = verdict.message.partition("; ")
    assert before == "NameError: name 'x' is not defined"
    assert after.startswith(said) and bool(after) == bool(said) and len(after) < 300


@pytest.mark.parametrize("status", [Status.PASSED, Status.FAILED, Status.TIMEOUT])
def test_other_verdicts_stay(status: Status) -> None:
    verdict = QuestionVerdict("q", 1.0, 1.0, status, "a check failed")
    notebook = new_notebook(cells=[failed(*NO_COLAB), run("q")])
    assert list(name_first_failure([verdict], notebook)) == [verdict]


def test_missing_modules_are_noted_once() -> None:
    cells = [
        failed(*NO_COLAB),
        failed(*NO_COLAB),
        failed("ModuleNotFoundError", "No module named 'torch'"),
        failed("ModuleNotFoundError", "No module named 'a b'; rm"),
        failed("ImportError", "No module named 'cv2'"),
        run("q", broken=True),
    ]
    notes = note_missing_modules(new_notebook(cells=cells))
    assert [(note.kind, note.text) for note in notes] == [
        (NoteKind.MISSING_MODULE, "the module google.colab is not installed"),
        (NoteKind.MISSING_MODULE, "the module torch is not installed"),
    ]
