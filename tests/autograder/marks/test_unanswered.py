"""A missing answer is explained in a sentence instead of an exception's name."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.marks.mark_sentences import NOT_ANSWERED
from autograder.marks.unanswered import explain_unanswered
from autograder.results.verdict import SubmissionStatus, Verdict


def notebook(error: str) -> NotebookNode:
    def mark(grade_id: str, *, grade: bool) -> dict:
        return {"nbgrader": {"grade_id": grade_id, "grade": grade, "solution": not grade}}

    answer = new_code_cell("model = ...", metadata=mark("model_answer", grade=False))
    answer.outputs = [new_output("error", ename=error, evalue="", traceback=[])]
    test = new_code_cell("assert model.count_params()", metadata=mark("model", grade=True))
    return new_notebook(cells=[answer, test])


def explain(name: str, error: str = "NotImplementedError") -> QuestionVerdict:
    """The verdict of a test that found `name` undefined, after an answer raised `error`."""
    question = QuestionVerdict("model", 0, 2, Status.ERROR, "NameError", undefined_name=name)
    verdict = Verdict("x", "lab", SubmissionStatus.GRADED, 0, 2, questions=(question,))
    return explain_unanswered(verdict, {"lab": notebook(error)}).questions[0]


def test_a_name_that_the_missing_answer_should_define() -> None:
    explained = explain("model")
    assert (explained.status, explained.message) == (Status.MISSING, NOT_ANSWERED)


def test_a_misspelt_name_stays_an_error() -> None:
    assert explain("modle").status is Status.ERROR
    assert explain("model", error="ValueError").status is Status.ERROR


def failed(source: str, error: str) -> NotebookNode:
    cell = new_code_cell(source)
    cell.outputs = [new_output("error", ename=error, evalue="", traceback=[])]
    return cell


@pytest.mark.parametrize(
    ("before", "between", "status"),
    [
        # The import stopped first: the answer was written, and could not run.
        (["ModuleNotFoundError"], [("model = Sequential()", "NameError")], Status.ERROR),
        # Nothing but the stub stopped first: what needs it is missing, too.
        ([], [("model = build()", "NameError")], Status.MISSING),
        (["ModuleNotFoundError"], [("other = 1", "NameError")], Status.MISSING),
    ],
)
def test_an_answer_that_another_cell_kept_from_running(
    before: list[str], between: list[tuple[str, str]], status: Status
) -> None:
    made = notebook("NotImplementedError")
    made.cells[0].source = "raise NotImplementedError()"
    made.cells[:0] = [failed("import numpy as np", error) for error in before]
    made.cells[-1:-1] = [failed(source, error) for source, error in between]
    question = QuestionVerdict("model", 0, 2, Status.ERROR, "NameError", undefined_name="model")
    verdict = Verdict("x", "lab", SubmissionStatus.GRADED, 0, 2, questions=(question,))
    assert explain_unanswered(verdict, {"lab": made}).questions[0].status is status
