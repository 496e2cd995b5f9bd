"""The typical mistakes that are kept beside a lab, each with the marks it must get."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.course.course import Course, Lab, read_toml
from autograder.errors import AutograderError
from autograder.notebooks.cell_roles import grade_id, is_answer_cell
from autograder.notebooks.forms import filled_in, without_markers


@dataclass(frozen=True)
class WrongAnswer:
    """One mistake.

    Args:
        name: what it is called.
        mistake: what the student did wrong, for the lab's author.
        marks: the points of the questions that do not get full marks.
        says: by question, a part of the sentence that the student must see.
        replace: by question, pairs of a text of the solution and what stands there instead.
        code: by question, a whole cell.
    """

    name: str
    mistake: str
    marks: dict[str, float] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)
    replace: dict[str, list[list[str]]] = field(default_factory=dict)
    code: dict[str, str] = field(default_factory=dict)


def wrong_answers(course: Course, lab: Lab) -> list[WrongAnswer]:
    """The wrong answers of a lab, in the order of its `wrong_answers.toml`.

    Raises:
        AutograderError: a table has an unknown or a missing key, or names no question of the lab.
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
                f"{path}: [{name}] marks {', '.join(unknown)}, which the lab does not ask",
                f"its questions: {', '.join(lab.points)}",
            )
        found.append(wrong)
    return found


def wrong_answer(instructor: NotebookNode, wrong: WrongAnswer) -> NotebookNode:
    """The solved notebook with one mistake in it.

    Raises:
        AutograderError: the mistake names a cell or a text that the solution does not have.
    """
    cells = {
        grade_id(cell): without_markers(cell.source)
        for cell in instructor.cells
        if is_answer_cell(cell)
    }
    changed: dict[str, str] = {}
    for question, pairs in wrong.replace.items():
        source = _answer(cells, question, wrong)
        for old, new in pairs:
            if source.count(old) != 1:
                raise AutograderError(
                    f"wrong answer {wrong.name}: {old!r} occurs {source.count(old)} times "
                    f"in the solution of {question!r}, not once",
                    "give more of the line",
                )
            source = source.replace(old, new)
        changed[_answer_id(question, cells)] = source
    for question, source in wrong.code.items():
        _answer(cells, question, wrong)
        changed[_answer_id(question, cells)] = source.strip("\n")
    return filled_in(instructor, changed)


def _answer_id(question: str, cells: dict[str, str]) -> str:
    return f"{question}_answer" if f"{question}_answer" in cells else question


def _answer(cells: dict[str, str], question: str, wrong: WrongAnswer) -> str:
    try:
        return cells[_answer_id(question, cells)]
    except KeyError:
        raise AutograderError(
            f"wrong answer {wrong.name} changes question {question!r}, which has no solution cell",
            f"questions with one: {', '.join(cells)}",
        ) from None
