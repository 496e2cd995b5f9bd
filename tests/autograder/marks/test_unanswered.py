"""A missing answer is explained in a sentence instead of an exception's name."""

from __future__ import annotations

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
