"""Name the cell that stopped first where later cells miss what it defines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from nbformat import NotebookNode

from autograder.engine.run_sentences import describe_place
from autograder.engine.wire.note import Note, NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.files import make_printable
from autograder.notebooks.cell_roles import grade_id, is_test_cell

_LONGEST = 200
_MISSING = "ModuleNotFoundError"
_MODULE = re.compile(r"No module named '([\w.]{1,100})'")


def name_first_failure(
    questions: Iterable[QuestionVerdict], notebook: NotebookNode
) -> Iterator[QuestionVerdict]:
    """Yield the verdicts; where a name is undefined, with the cell above that stopped first.

    Args:
        questions: The verdicts on a notebook.
        notebook: The executed notebook.
    """
    failures: dict[str, str] = {}
    first = ""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        if is_test_cell(cell):
            failures[grade_id(cell)] = first
        elif not first:
            first = next((f"{describe_place(index)} stopped: {e}" for e in _errors(cell)), "")
    for question in questions:
        failure = failures.get(question.grade_id, "")
        is_undefined = bool(question.undefined_name) and question.status is Status.ERROR
        if is_undefined and failure:
            yield replace(question, message=f"{question.message}; {failure}")
        else:
            yield question


def note_missing_modules(notebook: NotebookNode) -> list[Note]:
    """Return a note for each module that a cell of the student's imports and that is missing."""
    errors = (
        str(output.get("evalue"))
        for cell in notebook.cells
        if cell.cell_type == "code" and not is_test_cell(cell)
        for output in cell.outputs
        if output.output_type == "error" and output.get("ename") == _MISSING
    )
    matches = filter(None, map(_MODULE.fullmatch, errors))
    names = dict.fromkeys(match[1] for match in matches)
    return [Note(NoteKind.MISSING_MODULE, f"the module {name} is not installed") for name in names]


def _errors(cell: NotebookNode) -> Iterator[str]:
    """Yield what stopped a cell; an unanswered stub is not a failure."""
    for output in cell.outputs:
        if output.output_type == "error" and output.get("ename") != "NotImplementedError":
            name, text = str(output.get("ename")), str(output.get("evalue"))
            sentence = text if name == _MISSING and text else f"{name}: {text}".removesuffix(": ")
            yield make_printable(sentence)[:_LONGEST]
