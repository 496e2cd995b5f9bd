"""The instructor's page of the whole course."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.course import Course
from autograder.course.roster import Roster
from autograder.errors import AutograderError
from autograder.gradebook.gradebook import CourseGradebook
from autograder.report import write_course_report
from tests.autograder.graded_class import lay_down, mark_by_hand
from tests.autograder.tiny_course import LAB, solved

MORE = """\
[labs.02_next]
due = 2027-03-05T23:59:00Z

[policy]
drop_lowest = 1
late_days = 2
late_penalty = 0.1
"""


@pytest.fixture
def two_labs(course: Course) -> Course:
    """A course with two labs graded; the second has one question of 4 points."""
    toml = course.root / "course.toml"
    toml.write_text(f"{toml.read_text()}\n{MORE}")
    for student, curves in (("ada", 4), ("O'Brien, Zoë", 1)):
        lay_down(course, student, solved(course))
        mark_by_hand(course, student, "curves", curves)
    (course.submitted_dir / "ada" / LAB / "timestamp.txt").write_text("2027-02-06 10:00:00 UTC")
    with CourseGradebook(course).open() as gradebook:
        gradebook.update_or_create_assignment("02_next")
    question = {"grade_id": "q", "score": 1.0, "max_score": 4.0, "status": "passed", "message": ""}
    verdict = {
        "student": "ada",
        "lab": "02_next",
        "status": "graded",
        "score": 1.0,
        "max_score": 4.0,
        "repairs": [],
        "questions": [question],
    }
    result = {"fingerprint": "f", "seed": 1, "verdict": verdict, "notebooks": {}}
    folder = course.results_dir / "02_next"
    folder.mkdir(parents=True)
    (folder / "ada.json").write_text(json.dumps(result))
    (course.submitted_dir / "ada" / "02_next").mkdir()
    return Course(course.root)


def words(tag) -> str:
    return " ".join(tag.get_text(" ").split())


def test_everybody_over_all_labs(two_labs: Course, tmp_path: Path) -> None:
    (two_labs.root / "roster.csv").write_text("id,name\nada,Ada Ç\nabsent,Ann\n", "utf-8")
    done = CliRunner().invoke(app, ["report", "--course-dir", str(two_labs.root)])
    assert done.exit_code == 0, done.output
    page = (two_labs.reports_dir / "course.html").read_text("utf-8")
    soup = BeautifulSoup(page, "html.parser")
    rows = [words(row) for row in soup.find(id="students").tbody.find_all("tr")]
    assert rows == [
        "O'Brien, Zoë 7 / 10 70 % 7 (–) 0",
        "absent Ann 0 / 4 0 % (–) – 0",
        "ada Ada Ç 10 / 10 100 % 10 (1) 1",
    ]
    assert "absent" in words(next(s for s in soup.find_all("section") if "help" in s.h2.text))
    assert len(soup.find_all("svg", role="img")) == 2 and not soup.find_all(["link", "img"])


def test_what_is_not_final_is_said(course: Course) -> None:
    lay_down(course, "ada", solved(course))
    text = words(BeautifulSoup(write_course_report(course).read_text("utf-8"), "html.parser"))
    assert "1 mark is not final yet (hand grading is not finished)" in text
    assert "6…" in text


def test_a_submission_that_was_moved_away_is_not_final(course: Course) -> None:
    lay_down(course, "ada", solved(course))
    mark_by_hand(course, "ada", "curves", 4)
    (course.submitted_dir / "ada").rename(course.submitted_dir / "bob")
    text = words(BeautifulSoup(write_course_report(course).read_text("utf-8"), "html.parser"))
    assert "not final yet (its submission is no longer in submitted/)" in text


def test_nothing_graded_yet(course: Course) -> None:
    with pytest.raises(AutograderError, match="has been graded yet"):
        write_course_report(course, Roster([]))
