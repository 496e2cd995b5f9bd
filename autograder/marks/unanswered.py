"""A question that nobody answered, said in a sentence and not in an exception's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from nbformat import NotebookNode

from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.notebooks.cell_roles import is_answer_cell, is_test_cell
from autograder.results.verdict import Verdict

NOT_ANSWERED = "This question, or an earlier one that it needs, is not answered yet."

# What nbgrader puts in the place of a solution, alone or at the end of the engine's words.
_STUB = re.compile(r"NotImplementedError(\(\))?:?\s*$")
_NOT_DEFINED = re.compile(r"NameError: name '(\w+)' is not defined")


def explain_unanswered(verdict: Verdict, notebooks: Mapping[str, NotebookNode]) -> Verdict:
    """The verdict, with a sentence and the status "missing" where an answer is missing.

    Args:
        verdict: the verdict.
        notebooks: the executed notebooks. Where the released `raise NotImplementedError()` stands
            in place of a model, what a test then says is that a name is not defined.
    """
    open_cells = any(map(_has_open_cell, notebooks.values()))
    tests = "\n".join(_tests(notebooks)) if open_cells else ""

    def in_words(question: QuestionVerdict) -> QuestionVerdict:
        name = _NOT_DEFINED.fullmatch(question.message)
        wanted = name is not None and re.search(rf"\b{name[1]}\b", tests) is not None
        if question.status == "passed" or not (wanted or _STUB.search(question.message)):
            return question
        return replace(question, status="missing", message=NOT_ANSWERED)

    return replace(verdict, questions=tuple(map(in_words, verdict.questions)))


def _has_open_cell(notebook: NotebookNode) -> bool:
    return any(
        output.get("ename") == "NotImplementedError"
        for cell in notebook.cells
        if is_answer_cell(cell)
        for output in cell.get("outputs", [])
    )


def _tests(notebooks: Mapping[str, NotebookNode]) -> Iterator[str]:
    for notebook in notebooks.values():
        for cell in notebook.cells:
            if is_test_cell(cell):
                yield cell.source
