"""`right_answers.toml` is read and applied; errors in the files are explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.cases import make_cases
from autograder.course.course import Course
from autograder.course.submissions import read_companions
from autograder.errors import AutograderError
from tests.autograder import tiny_course

RIGHT = """
[loop]
way = "a loop instead of a product"
[loop.code]
neuron = "def neuron(x, w, b): return sum(a * c for a, c in zip(x, w)) + b"
"""


def write_answers(folder: Path, text: str, name: str = "right_answers.toml") -> Course:
    course = tiny_course.make_course(folder)
    (course.source_dir / tiny_course.LAB / name).write_text(text, encoding="utf-8")
    return course


def test_a_right_answer_is_a_case_with_full_marks(tmp_path: Path) -> None:
    course = write_answers(tmp_path, RIGHT)
    cases = make_cases(course, course.lab(tiny_course.LAB))
    assert [case.kind for case in cases[:3]] == ["solution", "stub", "right answer"]
    loop = cases[2]
    assert loop.name == "loop" and loop.marks == cases[0].marks
    assert any("zip(x, w)" in cell.source for cell in loop.notebook.cells)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("right_answers.toml", "[a]\nway = 'x'\nmarks = { neuron = 0 }", "unknown key 'marks'"),
        ("right_answers.toml", "[a]\nmistake = 'x'", "unknown key 'mistake'"),
        ("right_answers.toml", "[a]\n", r"\[a\] has no 'way'"),
        ("wrong_answers.toml", "[a]\n", r"\[a\] has no 'mistake'"),
        ("wrong_answers.toml", "way = 'x'", r"\[way\] has an unknown key"),
        ("wrong_answers.toml", "[a]\nmistake = 'x'\nmarks = { no = 0 }", "marks no, which the lab"),
        ("right_answers.toml", "[a]\nway = 'x'\ncode = { no = '' }", "changes question 'no'"),
    ],
)
def test_errors_are_explained(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    course = write_answers(tmp_path, text, name)
    with pytest.raises(AutograderError, match=sentence):
        make_cases(course, course.lab(tiny_course.LAB))


def test_students_do_not_get_the_answers(tmp_path: Path) -> None:
    course = write_answers(tmp_path, RIGHT)
    assert read_companions(course, course.lab(tiny_course.LAB)) == {}
