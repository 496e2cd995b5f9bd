"""A question without an answer, explained in a sentence instead of an exception's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from nbformat import NotebookNode

from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.marks.mark_sentences import NOT_ANSWERED
from autograder.notebooks.cell_roles import is_answer_cell, is_test_cell
from autograder.notebooks.reading.match_cells import find_defined_names
from autograder.results.verdict import Verdict

_STUB = "NotImplementedError"


def explain_unanswered(verdict: Verdict, notebooks: Mapping[str, NotebookNode]) -> Verdict:
    """The verdict, with a sentence and the status "missing" where an answer is missing.

    Args:
        verdict: the verdict.
        notebooks: the executed notebooks, by name. Where the released
            `raise NotImplementedError()` stands in place of a model, a test finds a name undefined.
    """
    has_stub = any(map(_has_stub, notebooks.values()))
    tests = "\n".join(_list_tests(notebooks)) if has_stub else ""
    # Where another cell stopped before the first stub, it kept later cells from defining names.
    written = _list_written_names(notebooks) if has_stub else set()

    def explain(question: QuestionVerdict) -> QuestionVerdict:
        name = question.undefined_name
        is_missing = bool(name) and name not in written
        is_tested = is_missing and re.search(rf"\b{name}\b", tests) is not None
        if question.status is Status.PASSED or not (is_tested or question.met_stub):
            return question
        return replace(question, status=Status.MISSING, message=NOT_ANSWERED)

    return replace(verdict, questions=tuple(map(explain, verdict.questions)))


def _has_stub(notebook: NotebookNode) -> bool:
    """Whether an answer of the notebook was left as released."""
    return any(_STUB in _list_errors(cell) for cell in notebook.cells if is_answer_cell(cell))


def _list_tests(notebooks: Mapping[str, NotebookNode]) -> Iterator[str]:
    for notebook in notebooks.values():
        for cell in notebook.cells:
            if is_test_cell(cell):
                yield cell.source


def _list_written_names(notebooks: Mapping[str, NotebookNode]) -> set[str]:
    """The names that cells define in notebooks whose first error is not that of a stub."""
    names: set[str] = set()
    for notebook in notebooks.values():
        cells = [c for c in notebook.cells if c.cell_type == "code" and not is_test_cell(c)]
        errors = (error for cell in cells for error in _list_errors(cell))
        if next(errors, _STUB) != _STUB:
            answered = (cell for cell in cells if _STUB not in _list_errors(cell))
            names.update(*map(find_defined_names, answered))
    return names


def _list_errors(cell: NotebookNode) -> list[str]:
    return [output["ename"] for output in cell.get("outputs", []) if "ename" in output]
