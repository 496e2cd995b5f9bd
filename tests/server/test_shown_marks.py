"""What a student sees, by the course's settings; hidden tests are never quoted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.course.course import Course
from autograder.course.server_settings import ServerSettings
from autograder.engine.wire.question_verdict import Status
from autograder.server.lab_grading import LabGrading
from autograder.server.shown_marks import MarkReader, ShownMarks
from autograder.server.tables import Attempt, Student
from tests.autograder.conftest import course  # noqa: F401 (a fixture)
from tests.autograder.graded_class import lay_down, mark_by_hand
from tests.autograder.tiny_course import LAB, mistaken

FORGOT = "did you forget to add the bias?"
QUOTE = "it stopped at large = softmax(np.array([[1000.0, 0.0]]))"


def show(course: Course, shows: str, counts: bool = True) -> ShownMarks:  # noqa: F811
    """The marks of a student with a wrong answer, and a sentence that quotes a hidden test."""
    wrong = {"neuron": (Status.FAILED, FORGOT), "softmax": (Status.ERROR, QUOTE)}
    result = lay_down(course, "ada", mistaken(course, "no_bias"), wrong)
    mark_by_hand(course, "ada", "curves", 3)
    lab = replace(course.lab(LAB), server=ServerSettings(shows=shows))
    verdict = LabGrading(course, lab).make_shown_verdict(result).as_json()
    student = Student(id=1, person="ada")
    shown = MarkReader(course).read(lab, Attempt(student=student, counts=counts, verdict=verdict))
    assert shown is not None and QUOTE not in repr(shown)
    return shown


def test_marks_with_sentences_and_marks_by_hand(course: Course) -> None:  # noqa: F811
    shown = show(course, "marks")
    messages = {question.name: question.message for question in shown.questions}
    assert messages["neuron"] == FORGOT and messages["softmax"] == ""
    assert (shown.score, shown.max_score, shown.waiting) == (4, 10, 0)


def test_marks_by_hand_belong_to_the_attempt_that_counts(course: Course) -> None:  # noqa: F811
    shown = show(course, "marks", counts=False)
    assert (shown.score, shown.waiting, shown.final) == (1, 4, None)


def test_checks_show_no_points_and_no_sentences(course: Course) -> None:  # noqa: F811
    shown = show(course, "checks")
    words = {question.name: question.words for question in shown.questions}
    assert words["neuron"] == words["softmax"] == "not passed" and words["predict"] == "passed"
    assert shown.score is None and FORGOT not in repr(shown)
    assert {question.max_score for question in shown.questions} == {None}


def test_a_receipt_shows_nothing_of_the_marks(course: Course) -> None:  # noqa: F811
    assert show(course, "receipt") == ShownMarks()


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('shows = "all"', '"marks", "checks" or "receipt"'),
        ('counts = "first"', '"last" or "best"'),
        ("attempts = -1", "an integer, 0 or more"),
        ("size_mb = 0", "a number above 0"),
        ("attemps = 3", 'Did you mean "attempts"'),
    ],
)
@pytest.mark.parametrize("place", ["server", f"labs.{LAB}.server"])
def test_a_wrong_setting_is_said(course: Course, place: str, table: str, problem: str) -> None:  # noqa: F811
    from autograder.errors import AutograderError

    with (course.root / "course.toml").open("a") as file:
        file.write(f"\n[{place}]\n{table}\n")
    with pytest.raises(AutograderError, match=problem):
        Course(course.root)
