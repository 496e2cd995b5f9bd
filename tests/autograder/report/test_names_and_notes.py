"""Reports name students, list absentees, group notes by student, and agree on the mean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.engine.wire.note import Note, NoteKind
from autograder.gradebook.gradebook import CourseGradebook
from autograder.gradebook.student_names import read_student_names
from autograder.report import write_course_report, write_report
from tests.autograder.graded_class import Status, Wrong, lay_down, mark_by_hand, turn_down
from tests.autograder.tiny_course import LAB, solved

WRONG: Wrong = {"softmax": (Status.FAILED, "no"), "predict": (Status.FAILED, "no")}
ROSTER = Roster(
    [Person("ana", "Beispiel, Ana"), Person("ben", "Muster, Ben"), Person("zoe", "Zoë")]
)


def words(path: Path) -> str:
    soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    return " ".join(soup.get_text(" ").split())


def read_tiles(path: Path) -> dict[str, str]:
    soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    tiles = soup.find("ul", class_="tiles").find_all("li")
    return {tile.get_text().removeprefix(tile.strong.string): tile.strong.string for tile in tiles}


def report(course: Course, roster: Roster | None = None) -> Path:
    return write_report(course, course.lab(LAB), roster)


@pytest.mark.parametrize("with_roster", [True, False])
@pytest.mark.parametrize("policy", ["", "[policy]\nlate_penalty = 0.1\n"])
def test_both_reports_have_one_mean(course: Course, with_roster: bool, policy: str) -> None:
    toml = course.root / "course.toml"
    toml.write_text(f"{toml.read_text()}\n{policy}")
    course = Course(course.root)
    lay_down(course, "ana", solved(course))
    lay_down(course, "ben", solved(course), WRONG)
    late = lay_down(course, "kim", solved(course))
    (course.submitted_dir / "kim" / LAB / "timestamp.txt").write_text("2027-02-07 12:00:00 UTC")
    assert late.verdict.score == 6
    mark_by_hand(course, "ana", "curves", 2)
    turn_down(course, "max", "", "the file is empty")
    roster = ROSTER if with_roster else None
    one, all_labs = read_tiles(report(course, roster)), write_course_report(course, roster)
    assert {k: one[k] for k in ("mean", "median")} == {
        k: read_tiles(all_labs)[k] for k in ("mean", "median")
    }


def test_names_and_absentees(course: Course) -> None:
    lay_down(course, "ana", solved(course))
    lay_down(course, "kim", solved(course))
    with CourseGradebook(course).open() as gradebook:
        gradebook.update_or_create_student("kim", first_name="Min", last_name="Kim")
        gradebook.update_or_create_student("ana", first_name="Old", last_name="Name")
    assert read_student_names(course, None) == {"kim": "Min Kim", "ana": "Old Name"}
    text = words(report(course, ROSTER))
    assert "2 of the class submitted nothing: ben Muster, Ben ; zoe Zoë" in text
    assert "ana Beispiel, Ana" in text and "kim Min Kim" in text and "Old Name" not in text
    assert "kim Min Kim" in words(write_course_report(course, ROSTER))
    assert "submitted nothing" not in words(report(course))


def test_notes_are_grouped_by_student(course: Course) -> None:
    def note(text: str) -> Note:
        return Note(NoteKind.REPAIR, text)

    both = (note("cell a was missing"), note("cell b had been edited"))
    lay_down(course, "ana", solved(course), notes=both)
    lay_down(course, "ben", solved(course), notes=both)
    lay_down(course, "kim", solved(course), notes=(note("cell a was missing"),))
    soup = BeautifulSoup(report(course).read_text("utf-8"), "html.parser")
    table = soup.find(attrs={"aria-label": "Repairs and notes"})
    rows = [" ".join(row.get_text(" ").split()) for row in table.tbody.find_all("tr")]
    assert rows == [
        "ana ; ben cell a was missing; cell b had been edited",
        "kim cell a was missing",
    ]


def test_missing_modules_are_counted(course: Course) -> None:
    colab, torch = (
        Note(NoteKind.MISSING_MODULE, f"the module {name} is not installed")
        for name in ("google.colab", "torch")
    )
    lay_down(course, "ana", solved(course), notes=(colab,))
    lay_down(course, "ben", solved(course), notes=(colab, torch))
    text = words(report(course))
    part = re.search(r"Missing modules .*? Similar submissions", text)
    assert part is not None
    assert "2 the module google.colab is not installed ana ; ben" in part.group()
    assert "1 the module torch is not installed ben" in part.group()
    assert "Repairs and notes" not in text
