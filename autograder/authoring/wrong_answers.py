"""The wrong answers of a lab: typical mistakes, each with the marks that it must get."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.course.course import Course, Lab
from autograder.course.read_toml import read_toml
from autograder.errors import AutograderError
from autograder.notebooks.cell_roles import grade_id, is_answer_cell
from autograder.notebooks.forms import fill_in_answers, remove_markers


@dataclass(frozen=True)
class WrongAnswer:
    """A typical mistake.

    Args:
        name: Its name.
        mistake: What the student did wrong, for the lab's author.
        marks: The marks of the questions that do not get full marks.
        says: A part of the message that the student must see, by question.
        replace: Pairs of a text in the solution and its replacement, by question.
        code: A whole answer cell, by question.
    """

    name: str
    mistake: str
    marks: dict[str, float] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)
    replace: dict[str, list[list[str]]] = field(default_factory=dict)
    code: dict[str, str] = field(default_factory=dict)


def read_wrong_answers(course: Course, lab: Lab) -> list[WrongAnswer]:
    """Return the wrong answers of a lab in the order of its `wrong_answers.toml`.

    Raises:
        AutograderError: A table has an unknown or a missing key, or names an unknown question.
    """
    path = course.source_dir / lab.name / "wrong_answers.toml"
    found = []
    for name, table in read_toml(path).items():
        try:
            wrong = WrongAnswer(name=name, **table)
        except TypeError as error:
            reason = str(error).replace("WrongAnswer.__init__()", "").strip()
            raise AutograderError(
                f"{path}: [{name}] {reason}", "see docs/writing-a-lab.md"
            ) from None
        unknown = sorted((set(wrong.marks) | set(wrong.says)) - set(lab.points))
        if unknown:
            raise AutograderError(
                f"{path}: [{name}] marks {', '.join(unknown)}, which the lab does not have",
                f"its questions: {', '.join(lab.points)}",
            )
        found.append(wrong)
    return found


def apply_wrong_answer(instructor: NotebookNode, wrong: WrongAnswer) -> NotebookNode:
    """Return the solved notebook with one mistake in it.

    Raises:
        AutograderError: The mistake names a cell or a text that the solution does not have.
    """
    cells = {
        grade_id(cell): remove_markers(cell.source)
        for cell in instructor.cells
        if is_answer_cell(cell)
    }
    changed: dict[str, str] = {}
    for question, pairs in wrong.replace.items():
        source = _find_answer(cells, question, wrong)
        for old, new in pairs:
            if source.count(old) != 1:
                raise AutograderError(
                    f"wrong answer {wrong.name}: {old!r} occurs {source.count(old)} times "
                    f"in the solution of {question!r}, not once",
                    "quote more of the line",
                )
            source = source.replace(old, new)
        changed[_answer_id(question, cells)] = source
    for question, source in wrong.code.items():
        _find_answer(cells, question, wrong)
        changed[_answer_id(question, cells)] = source.strip("\n")
    return fill_in_answers(instructor, changed)


def _answer_id(question: str, cells: dict[str, str]) -> str:
    return f"{question}_answer" if f"{question}_answer" in cells else question


def _find_answer(cells: dict[str, str], question: str, wrong: WrongAnswer) -> str:
    try:
        return cells[_answer_id(question, cells)]
    except KeyError:
        raise AutograderError(
            f"wrong answer {wrong.name} changes question {question!r}, which has no solution cell",
            f"questions with one: {', '.join(cells)}",
        ) from None
