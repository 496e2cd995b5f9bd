"""The course that other tests use is as it should be."""

from __future__ import annotations

from autograder.course.course import Course
from autograder.gradebook.gradebook import CourseGradebook
from tests.autograder.tiny_course import LAB, mistaken, solved, stub, submit


def test_built_and_registered(course: Course) -> None:
    assert (course.release_dir / LAB / f"{LAB}.ipynb").is_file()
    assert CourseGradebook(course).list_notebooks(course.lab("01")) == [LAB]


def test_forms_differ_only_in_their_answers(course: Course) -> None:
    forms = stub(course), solved(course), mistaken(course, "no_bias")
    assert len({len(form.cells) for form in forms}) == 1
    assert "NotImplementedError" in str(forms[0]) and "NotImplementedError" not in str(forms[1])
    assert "np.dot(x, w)\n" in "".join(cell.source + "\n" for cell in forms[2].cells)


def test_any_content_can_be_submitted(course: Course) -> None:
    assert submit(course, "O'Brien, Zoë", solved(course)).files()
    assert submit(course, "broken", b"\xff{").files()
