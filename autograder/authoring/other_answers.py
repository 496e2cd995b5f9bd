"""Answers other than the solution's: other right ways, and wrong ones with the marks they get."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.course.course import Course, Lab
from autograder.course.read_toml import read_toml
from autograder.errors import AutograderError
from autograder.notebooks.cell_roles import grade_id, is_answer_cell
from autograder.notebooks.forms import fill_in_answers, remove_markers


@dataclass(frozen=True)
class OtherAnswer:
    """A solved notebook in which some answers differ from the solution's.

    Args:
        name: Its name.
        why: For the lab's author: in what way it is right, or what the student did wrong.
        marks: The marks of the questions that do not get full marks.
        says: A part of the message that the student must see, by question.
        replace: Pairs of a text in the solution and its replacement, by question.
        code: A whole answer cell, by question.
    """

    name: str
    why: str
    marks: dict[str, float] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)
    replace: dict[str, list[list[str]]] = field(default_factory=dict)
    code: dict[str, str] = field(default_factory=dict)


def read_right_answers(course: Course, lab: Lab) -> list[OtherAnswer]:
    """Return the other right answers of a lab in the order of its `right_answers.toml`.

    Raises:
        AutograderError: A table has an unknown or a missing key.
    """
    return _read_answers(course, lab, "right_answers.toml", {"way", "replace", "code"})


def read_wrong_answers(course: Course, lab: Lab) -> list[OtherAnswer]:
    """Return the wrong answers of a lab in the order of its `wrong_answers.toml`.

    Raises:
        AutograderError: A table has an unknown or a missing key, or names an unknown question.
    """
    keys = {"mistake", "marks", "says", "replace", "code"}
    answers = _read_answers(course, lab, "wrong_answers.toml", keys)
    for wrong in answers:
        unknown = sorted((set(wrong.marks) | set(wrong.says)) - set(lab.points))
        if unknown:
            raise AutograderError(
                f"{_find_file(course, lab, 'wrong_answers.toml')}: [{wrong.name}] marks "
                f"{', '.join(unknown)}, which the lab does not have",
                f"its questions: {', '.join(lab.points)}",
            )
    return answers


def _find_file(course: Course, lab: Lab, name: str) -> Path:
    return course.source_dir / lab.name / name


def _read_answers(course: Course, lab: Lab, file_name: str, keys: set[str]) -> list[OtherAnswer]:
    path = _find_file(course, lab, file_name)
    found = []
    for name, table in read_toml(path).items():
        fields: dict[str, Any] = dict(table) if isinstance(table, dict) else {"": table}
        reason = next(iter({"mistake", "way"} & keys))
        for key in sorted(fields.keys() - keys):
            raise AutograderError(
                f"{path}: [{name}] has an unknown key {key!r}", f"known: {', '.join(sorted(keys))}"
            )
        if reason not in fields:
            raise AutograderError(
                f"{path}: [{name}] has no {reason!r}", "see docs/writing-a-lab.md"
            )
        found.append(OtherAnswer(name=name, why=fields.pop(reason), **fields))
    return found


def apply_answer(instructor: NotebookNode, answer: OtherAnswer) -> NotebookNode:
    """Return the solved notebook with another answer in it.

    Raises:
        AutograderError: The answer names a cell or a text that the solution does not have.
    """
    cells = {
        grade_id(cell): remove_markers(cell.source)
        for cell in instructor.cells
        if is_answer_cell(cell)
    }
    changed: dict[str, str] = {}
    for question, pairs in answer.replace.items():
        source = _find_answer(cells, question, answer)
        for old, new in pairs:
            if source.count(old) != 1:
                raise AutograderError(
                    f"answer {answer.name}: {old!r} occurs {source.count(old)} times "
                    f"in the solution of {question!r}, not once",
                    "quote more of the line",
                )
            source = source.replace(old, new)
        changed[_answer_id(question, cells)] = source
    for question, source in answer.code.items():
        _find_answer(cells, question, answer)
        changed[_answer_id(question, cells)] = source.strip("\n")
    return fill_in_answers(instructor, changed)


def _answer_id(question: str, cells: dict[str, str]) -> str:
    return f"{question}_answer" if f"{question}_answer" in cells else question


def _find_answer(cells: dict[str, str], question: str, answer: OtherAnswer) -> str:
    try:
        return cells[_answer_id(question, cells)]
    except KeyError:
        raise AutograderError(
            f"answer {answer.name} changes question {question!r}, which has no solution cell",
            f"questions with one: {', '.join(cells)}",
        ) from None
