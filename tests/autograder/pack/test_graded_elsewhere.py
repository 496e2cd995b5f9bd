"""What other systems show of a result, without waiting for an engine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.engine.wire.note import Note, NoteKind
from autograder.engine.wire.question_verdict import Status
from autograder.errors import AutograderError
from autograder.grading.marking import Marking
from autograder.pack.classroom_result import STATEMENT, make_result, make_summary
from autograder.pack.graded_elsewhere import GradedElsewhere, describe_for_instructor, show
from autograder.pack.gradescope_results import VISIBILITIES, make_failure, make_results
from autograder.pack.make_wheel import list_constraints, make_wheel
from autograder.pack.packed_lab import PackedLab
from autograder.results.results import Result
from tests.autograder.graded_class import lay_down, turn_down
from tests.autograder.tiny_course import LAB, solved

HIDDEN = "got = neuron(np.array([1.0]), np.array([2.0]), 5.0)"
NOTES = (
    Note(NoteKind.REPAIR, "cell predict was missing and was put back"),
    Note(NoteKind.ISOLATION, "weak isolation: no bubblewrap"),
    Note(NoteKind.CLOSE, "softmax was close to its threshold"),
)


def pack(course: Course) -> PackedLab:
    lab = course.lab(LAB)
    return PackedLab.of(course, lab, Marking.of(course, lab, 4711))


def show_result(course: Course, message: str, status: Status = Status.FAILED) -> GradedElsewhere:
    wrong = {"neuron": (status, message)}
    return show(pack(course), lay_down(course, "ada", solved(course), wrong, NOTES))


@pytest.mark.parametrize("trust", ["kernel", ("neuron", "softmax"), ()], ids=["all", "two", "none"])
def test_a_packed_lab_is_read_as_it_was(course: Course, tmp_path: Path, trust) -> None:
    packed = pack(course)
    packed = replace(packed, marking=replace(packed.marking, trust=trust), extra=("curves",))
    path = tmp_path / "lab.json"
    path.write_text(packed.as_json(), encoding="utf-8")
    read = PackedLab.read(path)
    assert read.marking.compute_digest() == packed.marking.compute_digest()
    assert read.marking.seed == 4711
    assert read.recipe == packed.recipe
    assert read.extra == packed.extra
    assert read.as_json() == packed.as_json()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"form": 99}', '{"form": 1}', "\u0000"])
def test_another_file_is_not_a_packed_lab(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lab.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AutograderError, match=r"lab\.json is not a packed lab"):
        PackedLab.read(path)


def test_a_message_that_quotes_a_hidden_test_is_left_out(course: Course) -> None:
    graded = show_result(course, f"NameError in: {HIDDEN}", Status.ERROR)
    said = json.dumps([make_results(graded, "visible"), make_result(LAB, graded, {})])
    said += make_summary(LAB, graded)
    assert "np.array([2.0])" not in said
    assert "would show a hidden test" in said


def test_students_do_not_read_what_is_for_the_instructor(course: Course) -> None:
    graded = show_result(course, "did you forget the bias?")
    said = json.dumps([make_results(graded, "visible"), make_result(LAB, graded, {})])
    said += make_summary(LAB, graded)
    assert "put back" in said
    for word in ("weak isolation", "threshold", "4711"):
        assert word not in said
    log = "\n".join(describe_for_instructor(graded))
    assert "weak isolation" in log and "threshold" in log


@pytest.mark.parametrize("message", ["\x1b[2J\u202egnp", "\ud800", "a" * 100_000, "|\n|", "<b>&"])
def test_any_message_makes_a_valid_file(course: Course, message: str) -> None:
    graded = show_result(course, message)
    text = json.dumps(make_results(graded, "visible")) + json.dumps(make_result(LAB, graded, {}))
    assert "\\u001b" not in text and "\\u202e" not in text
    (row,) = (line for line in make_summary(LAB, graded).splitlines() if line[:8] == "| neuron")
    assert row.replace("\\|", "").count("|") == 4
    assert "<b>" not in row


@pytest.mark.parametrize("visibility", VISIBILITIES)
def test_questions_are_shown_when_the_instructor_says(course: Course, visibility: str) -> None:
    results = make_results(show_result(course, "wrong"), visibility)
    assert {test["visibility"] for test in results["tests"]} == {visibility}
    assert results["stdout_visibility"] == "hidden"
    assert [test["status"] for test in results["tests"]] == ["failed", "passed", "passed"]
    assert sum(test["max_score"] for test in results["tests"]) == 6


def test_extra_credit_is_on_top(course: Course) -> None:
    packed = replace(pack(course), extra=("softmax",))
    graded = show(packed, lay_down(course, "ada", solved(course)))
    assert (graded.score, graded.max_score) == (6, 3)
    assert "softmax (extra credit)" in [mark.name for mark in graded.marks]


def test_questions_of_several_notebooks_are_told_apart(course: Course) -> None:
    packed = pack(course)
    sources = {"one": packed.marking.sources[LAB], "two": packed.marking.sources[LAB]}
    packed = replace(packed, marking=replace(packed.marking, sources=sources))
    result = lay_down(course, "ada", solved(course))
    twice = replace(result.verdict, questions=result.verdict.questions * 2)
    executed = dict.fromkeys(sources, result.notebooks[LAB])
    graded = show(packed, Result("", 0, twice, executed))
    assert len({mark.name for mark in graded.marks}) == 6
    assert graded.marks[0].name == "one: neuron"


def test_a_submission_without_a_mark_says_so_in_every_form(course: Course) -> None:
    graded = show(pack(course), turn_down(course, "ada", "{", f"{LAB}.ipynb is empty"))
    results = make_results(graded, "hidden")
    assert results["output"].startswith("Not graded.")
    assert results["visibility"] == "visible"
    assert f"{LAB}.ipynb is empty" in make_summary(LAB, graded).replace("\\", "")
    assert not any(test["passed"] for test in make_result(LAB, graded, {})["tests"])
    failure = make_failure("The grader itself failed.")
    assert failure["score"] == 0 and "not your mark" in failure["output"]


def test_the_statement_about_hidden_tests_is_in_every_result(course: Course) -> None:
    graded = show_result(course, "wrong")
    assert STATEMENT in make_result(LAB, graded, {})["notes"]
    assert STATEMENT in make_summary(LAB, graded)


def test_the_same_package_makes_the_same_wheel() -> None:
    name, content = make_wheel()
    assert name.endswith("-py3-none-any.whl")
    assert make_wheel() == (name, content)
    lines = list_constraints().splitlines()
    assert all(line.count("==") == 1 for line in lines)
    assert not [line for line in lines if line.lower().startswith("keras-course-labs")]
    assert any(line.startswith("tensorflow==") for line in lines)
