"""Nobody is told the name of an exception for an answer that is missing."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.marks.unanswered import NOT_ANSWERED, explain_unanswered
from autograder.results.verdict import Verdict


def notebook(error: str) -> NotebookNode:
    def mark(grade_id: str, *, grade: bool) -> dict:
        return {"nbgrader": {"grade_id": grade_id, "grade": grade, "solution": not grade}}

    answer = new_code_cell("model = ...", metadata=mark("model_answer", grade=False))
    answer.outputs = [new_output("error", ename=error, evalue="", traceback=[])]
    test = new_code_cell("assert model.count_params()", metadata=mark("model", grade=True))
    return new_notebook(cells=[answer, test])


def told(message: str, error: str = "NotImplementedError") -> str:
    question = QuestionVerdict("model", 0, 2, "error", message)
    verdict = Verdict("x", "lab", "graded", 0, 2, questions=(question,))
    return explain_unanswered(verdict, {"lab": notebook(error)}).questions[0].message


def test_a_name_that_the_open_answer_would_define() -> None:
    assert told("NameError: name 'model' is not defined") == NOT_ANSWERED


def test_a_slip_of_the_pen_stays_one() -> None:
    slip = "NameError: name 'modle' is not defined"
    assert told(slip) == slip
    lost = "NameError: name 'model' is not defined"
    assert told(lost, error="ValueError") == lost
