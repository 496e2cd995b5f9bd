"""The typical mistakes that are kept beside a lab, each with the marks it must get."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.course import Course, Lab, read_toml
from autograder.errors import AutograderError


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
