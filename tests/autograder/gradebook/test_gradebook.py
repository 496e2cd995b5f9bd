"""Marks by hand stay in the gradebook, and the gradebook holds the right scores."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.authoring.build import build
from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.gradebook.gradebook import CourseGradebook
from autograder.gradebook.hand_grading import HandMark, read_hand_grading
from autograder.grading.run import GradingRun
from tests.autograder.graded_class import mark_by_hand
from tests.autograder.grading.prepared_run import Prepared
from tests.autograder.tiny_course import LAB, SOURCE, make_course, solved, submit


def answered(course: Course, text: str) -> NotebookNode:
    notebook = solved(course)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "curves":
            cell.source = text
    return notebook


def record(course: Course, text: str) -> None:
    """What grading writes down of a student who answered so."""
    notebook = answered(course, text)
    CourseGradebook(course).record(submit(course, "ada", notebook), {LAB: notebook})


def mark(course: Course, question: str = "curves") -> HandMark:
    return read_hand_grading(course, course.lab(LAB))["ada"].marks[LAB, question]


def grade(course: Course) -> list[bool]:
    """Grade all, with full marks at hand; whose were made anew, by student."""
    outcomes = GradingRun(course, course.lab(LAB)).run(Prepared(0))
    found = {outcome.result.verdict.student: outcome for outcome in outcomes}
    return [found[student].is_new for student in sorted(found)]


def test_marks_by_hand_are_final_until_the_answer_changes(course: Course) -> None:
    record(course, "It overfits.")
    assert mark(course) == HandMark(None, 0.0, True)
    mark_by_hand(course, "ada", "curves", 3.0)
    record(course, "It overfits.")
    assert mark(course) == HandMark(3.0, 0.0, False), "only a test was repaired"
    record(course, "It underfits.")
    assert mark(course) == HandMark(3.0, 0.0, True)
    record(course, "It underfits.")
    assert mark(course).needs_person, "until somebody has looked at it"


def test_another_pasted_image_is_another_answer(course: Course) -> None:
    for image, again in (("iVBORw0", False), ("iVBORw0", False), ("/9j/4A", True)):
        notebook = answered(course, "![curves](attachment:image.png)")
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "curves":
                cell.attachments = {"image.png": {"image/png": image}}
        CourseGradebook(course).record(submit(course, "ada", notebook), {LAB: notebook})
        if mark(course).score is None:
            mark_by_hand(course, "ada", "curves", 3.0)
        assert mark(course).needs_person is again


def test_a_test_that_a_person_overruled_goes_by_all_answers(course: Course) -> None:
    record(course, "It overfits.")
    mark_by_hand(course, "ada", "neuron", 1.0)
    record(course, "It overfits.")
    assert not mark(course, "neuron").needs_person
    record(course, "It underfits.")
    assert mark(course, "neuron").needs_person


def test_a_new_time_of_submission_is_recorded_without_another_run(course: Course) -> None:
    submission = submit(course, "ada", solved(course))
    assert grade(course) == [True]
    mark_by_hand(course, "ada", "curves", 3.0)
    (submission.folder / "timestamp.txt").write_text("2027-02-07 10:00:00 UTC\n")
    assert grade(course) == [False]
    assert mark(course) == HandMark(3.0, 0.0, False)
    with CourseGradebook(course).open() as gradebook:
        assert gradebook.find_submission(LAB, "ada").total_seconds_late > 0
    assert (course.autograded_dir / "ada" / LAB / "timestamp.txt").is_file()
    (submission.folder / "timestamp.txt").unlink()
    assert grade(course) == [False]
    with CourseGradebook(course).open() as gradebook:
        assert gradebook.find_submission(LAB, "ada").total_seconds_late == 0


def test_a_due_date_without_a_zone_is_the_courses(course: Course) -> None:
    settings = course.root / "course.toml"
    text = settings.read_text().replace("[course]", '[course]\ntimezone = "Europe/Berlin"')
    settings.write_text(text.replace("2027-02-05T23:59:00Z", "2027-02-05T23:59:00"))
    course = Course(course.root)
    CourseGradebook(course).register(course.lab(LAB))
    with CourseGradebook(course).open() as gradebook:
        assert gradebook.find_assignment(LAB).duedate.isoformat() == "2027-02-05T22:59:00"


def test_a_question_renamed_after_grading_says_what_to_do(course: Course) -> None:
    record(course, "It overfits.")
    renamed = SOURCE.replace('"softmax"', '"probabilities"')
    (course.source_dir / LAB / f"{LAB}.py").write_text(renamed)
    settings = course.root / "course.toml"
    settings.write_text(settings.read_text().replace("softmax =", "probabilities ="))
    course = Course(course.root)
    build(course, course.lab(LAB))
    with pytest.raises(AutograderError, match="Cannot add or remove cells") as told:
        CourseGradebook(course).register(course.lab(LAB))
    assert "nbgrader db assignment remove" in told.value.hint


def test_a_course_folder_may_have_brackets(tmp_path: Path) -> None:
    course = make_course(tmp_path / "c7 [ws27]")
    assert CourseGradebook(course).list_notebooks(course.lab(LAB)) == [LAB]
