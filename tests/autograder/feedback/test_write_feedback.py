"""What a student can read on the feedback page, and what no student must see."""

from __future__ import annotations

import html
import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.feedback import feedback_path, write_feedback
from autograder.gradebook.gradebook import CourseGradebook
from autograder.results.results import Results
from tests.autograder.graded_class import EVIL, FORGOT, lay_down, turn_down
from tests.autograder.tiny_course import LAB, solved, submit


def page(course: Course, student: str) -> str:
    return feedback_path(course, course.lab(LAB), student, LAB).read_text(encoding="utf-8")


def words(course: Course, student: str) -> str:
    return " ".join(BeautifulSoup(page(course, student), "html.parser").main.get_text(" ").split())


def students(course: Course) -> list[str]:
    return [result.verdict.student for result in Results(course.results_dir / LAB).read_all()]


def test_pages_are_where_nbgrader_writes_them(graded_course: Course) -> None:
    assert len(students(graded_course)) == 15
    for student in students(graded_course):
        assert (graded_course.root / "feedback" / student / LAB / f"{LAB}.html").is_file()


def test_marks_and_messages(graded_course: Course) -> None:
    text = words(graded_course, "student-0")
    assert "7 of 10 points" not in text and "3 of 10 points" in text
    assert "4 of these points are given by a person" in text
    assert FORGOT.format(0) in text
    assert "curves – / 4 waiting for a person" in text


def test_marks_and_comments_by_hand(graded_course: Course) -> None:
    text = words(graded_course, "Çelik, Ada")
    assert "10 of 10 points" in text and "Clear. And <short>." in text
    assert "8 of 10 points" in words(graded_course, "O'Brien, Zoë")


def test_limits_and_repairs_but_nothing_about_the_machine(graded_course: Course) -> None:
    text = words(graded_course, "Kaya, Deniz")
    assert "Limits that your notebook met" in text
    assert "the test softmax used more than 2048 MB of memory" in text
    assert "cell predict was missing and was put back" in text
    assert "isolation" not in text


def test_unanswered(graded_course: Course) -> None:
    text = words(graded_course, "Lindqvist, Max")
    assert "0 of 10 points" in text and "is not answered yet" in text
    assert "Error" not in text.split("Your notebook")[0]


def test_a_page_for_an_ungradable_notebook_says_what_to_do(graded_course: Course) -> None:
    text = words(graded_course, "Moreau, Léa")
    assert "not graded" in text and f"{LAB}.ipynb is not a notebook: line 1" in text
    assert "Restart the kernel and run all cells" in text and "within 60 seconds" in text


def test_ungradable_in_a_course_without_a_limit_of_seconds(course: Course) -> None:
    toml = course.root / "course.toml"
    toml.write_text(toml.read_text().replace("\nseconds = 60\n", "\n"))
    unlimited = Course(course.root)
    turn_down(unlimited, "ada", "%PDF", "x.pdf is not a notebook")
    lay_down(unlimited, "zoe", solved(unlimited))
    assert len(write_feedback(unlimited, unlimited.lab(LAB))) == 2
    assert "has to come to an end." in words(unlimited, "ada")


def test_hidden_tests_are_not_shown(graded_course: Course) -> None:
    source = nbformat.read(graded_course.source_dir / LAB / f"{LAB}.ipynb", as_version=4)
    secrets = [
        line.strip()
        for cell in source.cells
        for region in re.findall(r"BEGIN HIDDEN TESTS(.*?)### END", cell.source, re.DOTALL)
        for line in region.splitlines()
        if len(line.strip()) > 12
    ]
    assert len(secrets) >= 5
    for student in students(graded_course):
        shown = html.unescape(BeautifulSoup(page(graded_course, student), "html.parser").get_text())
        assert not [line for line in secrets if line in shown], student
        assert "HIDDEN TESTS" not in shown and "4711" not in shown, student


def test_released_part_of_the_tests_is_shown(graded_course: Course) -> None:
    text = "".join(words(graded_course, "Çelik, Ada").split())
    assert "".join(["neuron(np.array([1.0,", "2.0]),", "np.array([3.0,", "4.0]),", "0.0)"]) in text


def test_output_is_kept_readable(graded_course: Course) -> None:
    text = words(graded_course, "Ivanova, Mila")
    assert text.count("this output shows a part of the tests") == 2
    assert "characters left out" in text and len(page(graded_course, "Ivanova, Mila")) < 200_000
    assert "2/2 loss 1" in text and "1/2 loss 9" not in text


def test_complete_in_one_file(graded_course: Course) -> None:
    for student in students(graded_course):
        soup = BeautifulSoup(page(graded_course, student), "html.parser")
        assert not soup.find_all(["script", "link", "iframe", "object", "embed", "form"])
        assert all(image["src"].startswith("data:image/") for image in soup.find_all("img"))
        assert all(image["alt"] for image in soup.find_all("img"))
        policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
        assert "default-src 'none'" in policy and "script-src 'none'" in policy


def test_students_markup_is_text(graded_course: Course) -> None:
    soup = BeautifulSoup(page(graded_course, EVIL), "html.parser")
    assert soup.h1.get_text() == EVIL and soup.title.get_text().endswith(EVIL)
    assert not [e for e in soup.find_all(True) if any(name.startswith("on") for name in e.attrs)]
    assert not [a for a in soup.find_all("a") if "javascript" in a.get("href", "")]
    assert len(soup.find_all(id="question-1")) == 1
    assert soup.find("b", string="bold")


def test_every_notebook_of_a_lab_has_its_page(course: Course) -> None:
    first = nbformat.read(course.source_dir / LAB / f"{LAB}.ipynb", as_version=4)
    nbformat.write(first, course.source_dir / LAB / "extra.ipynb")
    CourseGradebook(course).register(course.lab(LAB))
    lay_down(course, "Zoë", solved(course))
    pages = write_feedback(course, course.lab(LAB))
    assert sorted(path.name for path in pages) == [f"{LAB}.html", "extra.html"]
    assert "Why it was not graded" in pages[1].read_text(encoding="utf-8")


def test_a_students_cell_never_prevents_a_page(course: Course) -> None:
    # Older results have no pasted images.
    with_image = solved(course)
    with_image.cells.append(new_markdown_cell("![a formula](attachment:image.png)"))
    lay_down(course, "Ada", with_image)
    lay_down(course, "Zoë", solved(course))
    assert len(write_feedback(course, course.lab(LAB))) == 2
    assert "[a formula]" in words(course, "Ada") and "10 points" in words(course, "Zoë")


def test_nothing_graded_yet(course: Course) -> None:
    submit(course, "Zoë", solved(course))
    with pytest.raises(AutograderError, match="no results") as caught:
        write_feedback(course, course.lab(LAB))
    assert caught.value.hint == f"run: autograder grade {LAB}"
