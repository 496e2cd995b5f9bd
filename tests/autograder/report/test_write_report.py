"""The instructor's page of a lab."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup, Tag

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.report import write_report
from tests.autograder.graded_class import EVIL, lay_down, turn_down
from tests.autograder.tiny_course import LAB, solved, submit


def soup(course: Course) -> BeautifulSoup:
    return BeautifulSoup((course.reports_dir / f"{LAB}.html").read_text("utf-8"), "html.parser")


def section(course: Course, heading: str) -> Tag:
    found = next(part for part in soup(course).find_all("section") if part.h2.string == heading)
    return found


def words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def test_headline_figures(graded_course: Course) -> None:
    tiles = words(soup(graded_course).find("ul", class_="tiles"))
    assert tiles.startswith("15 submissions 14 graded 1 could not be graded")
    assert tiles.endswith("11 wait for hand grading")


def test_everybody_is_in_the_table(graded_course: Course) -> None:
    rows = section(graded_course, "All students").tbody.find_all("tr")
    names = [row.td.get_text(strip=True) for row in rows]
    assert len(names) == 15 and EVIL in names and "O'Brien, Zoë" in names
    moreau = next(row for row in rows if "Moreau" in row.td.get_text())
    assert "not graded" in words(moreau)


def test_names_lead_to_the_feedback(graded_course: Course) -> None:
    links = soup(graded_course).find(id="students").find_all("a")
    assert len(links) == 15
    for link in links:
        assert (graded_course.reports_dir / unquote(link["href"])).resolve().is_file()


def test_same_mistakes_are_counted_together(graded_course: Course) -> None:
    first = section(graded_course, "Most common mistakes").tbody.tr
    assert words(first).startswith("neuron 3 did you forget to add the bias? 1·2 + 5 is 7")
    assert "(numbers differ)" in words(first) and "student-2" in words(first)


def test_who_needs_help(graded_course: Course) -> None:
    rows = [words(row) for row in section(graded_course, "Who needs help").tbody.find_all("tr")]
    assert {row.split(" 0 /")[0].split(" 2 /")[0] for row in rows[:2]} == {
        "Lindqvist, Max",
        "Moreau, Léa",
    }
    assert any(row.startswith("Kaya, Deniz") and "softmax, predict" in row for row in rows)
    assert not any("Çelik" in row for row in rows)


def test_repairs_failures_and_isolation(graded_course: Course) -> None:
    repairs = words(section(graded_course, "Failures and repairs"))
    assert f"{LAB}.ipynb is not a notebook: line 1" in repairs and "Moreau, Léa" in repairs
    assert "cell predict was missing and was put back" in repairs
    assert "isolation" not in repairs
    assert "weak isolation: no bubblewrap" in words(
        section(graded_course, "Time, memory, isolation")
    )


def test_questions_say_how_many_students_they_need(graded_course: Course) -> None:
    text = words(section(graded_course, "Questions"))
    assert "shown from 10 students" in text and "this class has 14" in text
    assert re.search(r"neuron 2 \d+ 0\.\d\d [+-]0\.\d\d", text)


def test_complete_in_one_file(graded_course: Course) -> None:
    page = soup(graded_course)
    assert not page.find_all(["link", "iframe", "img", "object", "form"])
    assert len(page.find_all("svg", role="img")) == 3 == len(page.find_all("figcaption"))
    assert len(page.find_all("script")) == 1 and not page.script.attrs
    assert not [a["href"] for a in page.find_all("a") if "://" in a["href"]]
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "script-src 'sha256-" in policy and "default-src 'none'" in policy


def test_the_same_class_makes_the_same_page(graded_course: Course) -> None:
    path = graded_course.reports_dir / f"{LAB}.html"
    before = path.read_bytes()
    write_report(graded_course, graded_course.lab(LAB))
    assert path.read_bytes() == before


def test_who_is_not_graded_yet(course: Course) -> None:
    lay_down(course, "Zoë", solved(course))
    submit(course, "Max", solved(course))
    write_report(course, course.lab(LAB))
    warning = words(soup(course).find(class_="warning"))
    assert "1 submitted and not graded yet ( Max )" in warning.replace("(Max)", "( Max )")
    assert f"autograder feedback {LAB}" in words(soup(course))


def test_nobody_could_be_graded(course: Course) -> None:
    turn_down(course, "Moreau, Léa", "", "the file is empty")
    write_report(course, course.lab(LAB))
    assert "the file is empty" in words(soup(course)) and not soup(course).find("svg")


def test_nothing_graded_yet(course: Course) -> None:
    submit(course, "Zoë", solved(course))
    with pytest.raises(AutograderError, match="no results") as caught:
        write_report(course, course.lab(LAB))
    assert caught.value.hint == f"run: autograder grade {LAB}"
    assert not course.reports_dir.exists()


def test_late_work_is_said_and_the_points_stay(course: Course) -> None:
    toml = course.root / "course.toml"
    toml.write_text(toml.read_text() + "[policy]\nlate_penalty = 0.1\n")
    lay_down(course, "Zoë", solved(course))
    late = course.submitted_dir / "Zoë" / LAB / "timestamp.txt"
    late.write_text("2027-02-07 10:00:00 UTC")
    course = Course(course.root)
    write_report(course, course.lab(LAB))
    told = words(section(course, "Late work, extensions, extra credit").tbody)
    assert told.startswith("Zoë 6 4 Handed in 2 days late: 2 points are taken off.")
    row = words(section(course, "All students").tbody)
    assert row.startswith("Zoë 6 4 100 %")
