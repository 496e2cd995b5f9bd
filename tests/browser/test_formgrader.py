"""Hand grading as an instructor does it: nbgrader's formgrader, in a browser, on our gradebook."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.course import Course
from autograder.feedback import feedback_path
from tests.autograder.graded_class import lay_down
from tests.autograder.tiny_course import LAB, make_course, solved
from tests.browser.formgrader import formgrader

pytestmark = pytest.mark.browser

STUDENTS = ("O'Brien, Zoë", "李 小龙", "Kim")
COMMENT = "Which epoch? Name it — and <b>why</b>."


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Three students, graded, whose written answers wait for a person."""
    made = make_course(tmp_path / "course")
    for student in STUDENTS:
        lay_down(made, student, solved(made))
    return made


def run(course: Course, *command: str) -> str:
    done = CliRunner().invoke(app, [*command, "--course-dir", str(course.root)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.output


def words(page: Path) -> str:
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    return " ".join(soup.main.get_text(" ").split())


def test_marks_and_a_comment_reach_feedback_report_and_export(course, chromium, tmp_path) -> None:
    # Long because it follows one mark through every command.
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    with formgrader(course, tmp_path / "server.log") as address:
        page.goto(address.format("manage_assignments"))
        row = page.locator("tr", has=page.get_by_role("link", name=LAB, exact=True)).first
        assert row.locator(".num-submissions").inner_text() == "3"
        # From the list of submissions, by hand, as one goes through a class.
        page.goto(address.format(f"gradebook/{LAB}/{LAB}"))
        page.get_by_role("link", name=re.compile("Submission #1")).click()
        for mark, comment in (("3", COMMENT), ("0.5", ""), ("4", "")):
            page.wait_for_selector("input.score")
            answer = page.locator(".nbgrader_cell", has_text="Student's answer").last
            rubric = page.get_by_text("Model answer and rubric")
            assert rubric.count() == 1 and "learns the training set by heart" in page.content()
            below = rubric.bounding_box()["y"] - answer.bounding_box()["y"]
            assert 0 < below < 400  # beside the answer, on the same screen
            score = answer.locator("input.score")
            score.fill(mark)
            with page.expect_response(lambda r: "/api/grade/" in r.url and r.ok):
                score.press("Tab")
            if comment:
                box = answer.locator("textarea.comment")
                box.fill(comment)
                with page.expect_response(lambda r: "/api/comment/" in r.url and r.ok):
                    box.press("Tab")
            page.get_by_text("Next →").click()
    page.close()

    run(course, "report", "01")
    run(course, "feedback", "01")
    run(course, "export", "01")
    with (course.exports_dir / f"{LAB}.csv").open(encoding="utf-8") as file:
        marks = {row["student"]: (row["score"], row["curves"]) for row in csv.DictReader(file)}
    # formgrader shows no names, and its order is its own.
    assert sorted(curves for _, curves in marks.values()) == ["0.5", "3", "4"]
    assert all(float(score) == 6 + float(curves) for score, curves in marks.values())
    told = words(course.reports_dir / f"{LAB}.html")
    assert "0 wait for hand grading" in told
    commented = next(student for student, (_, curves) in marks.items() if curves == "3")
    for student in STUDENTS:
        text = words(feedback_path(course, course.lab(LAB), student, LAB))
        assert f"{marks[student][0]} of 10 points" in text
        assert (COMMENT in text) == (student == commented)
        assert "Model answer" not in text
