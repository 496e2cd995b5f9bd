"""Files with marks, read as the LMS reads them."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.collect import collect
from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.lms.read_roster import read_roster
from tests.autograder.downloads import download, notebook_bytes
from tests.autograder.graded_class import lay_down, mark_by_hand, turn_down
from tests.autograder.tiny_course import LAB, solved, submit

ROSTER = """\
id,name,email
zobrien,"O'Brien, Zoë",zoe@example.edu
lixiao,"李 小龙",li@example.edu
kim.1,"Kim, Min",kim1@example.edu
kim.2,"Kim, Min",kim2@example.edu
waits,"Waits, Wanda",w@example.edu
absent,"Absent, Ann",ann@example.edu
"""
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Quiz (5),"One neuron, then a row of them (77)",Final
,,,,,,Manual Posting,
    Points Possible,,,,,4,10.00,(read only)
"O'Brien, Zoë",101,s101,zobrien,"DL 1 and DL 2",3,,75
"李, 小龙",102,s102,lixiao,DL 1,,2.00,
"Kim, Min",103,s103,kmin,DL 1,,,
"Kim, Min",104,s104,kmin2,DL 1,,,
"Waits, Wanda",105,s105,waits,DL 1,,1.50,
"Absent, Ann",106,s106,absent,DL 1,,,
"Visitor, Vic",107,s107,vic,DL 1,,,
"Student, Test",999,,,DL 1,,,
"""
MOODLE_HEAD = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments"
)
MOODLE_ROWS = [
    ("11", "Zoë O'Brien", "zoe@example.edu"),
    ("12", "李 小龙", "li@example.edu"),
    ("13", "Min Kim", "kim1@example.edu"),
    ("14", "Min Kim", "kim2@example.edu"),
    ("15", "Wanda Waits", "w@example.edu"),
    ("16", "Ann Absent", "ann@example.edu"),
]


@pytest.fixture
def graded(course: Course, tmp_path: Path) -> Course:
    """Six students, four of them with final marks, collected from Canvas."""
    (course.root / "roster.csv").write_text(ROSTER, "utf-8")
    files = {
        f"kimmin_103_1_{LAB}.ipynb": notebook_bytes(course, "kim 1"),
        f"kimmin_104_2_{LAB}.ipynb": notebook_bytes(course, "kim 2"),
    }
    ids = tmp_path / "ids.csv"
    ids.write_text("id,name,canvas_id\nkim.1,Kim Min,103\nkim.2,Kim Min,104\n")
    collect(
        course, course.lab(LAB), download(tmp_path / "s.zip", files), "canvas", read_roster(ids)
    )
    for student, score in (("zobrien", 4), ("lixiao", 1.25), ("kim.1", 0), ("kim.2", 3)):
        lay_down(course, student, solved(course))
        mark_by_hand(course, student, "curves", score)
    lay_down(course, "waits", solved(course))
    return course


def export(course: Course, *options: str) -> tuple[str, int]:
    done = CliRunner().invoke(
        app, ["export", "01", *options, "--course-dir", str(course.root)], env={"COLUMNS": "200"}
    )
    if isinstance(done.exception, AutograderError):
        raise done.exception
    return done.output, done.exit_code


def read_as_canvas(text: str) -> dict[str, str]:
    """By Canvas' user id, the mark, as lib/gradebook_importer.rb of canvas-lms reads it."""
    rows = [row for row in csv.reader(io.StringIO(text)) if any(row)]
    header = rows[0]
    assert "Student" in header[0] and "ID" in header[1] and header[4] == "Section"
    (title,) = header[5:]
    assert re.search(r"\((\d+)\)$", title)[1] == "77"
    assert "Points Possible" in rows[2][0] and float(rows[2][5]) == 10
    return {row[1]: row[5] for row in rows[3:]}


def read_as_moodle(text: str, grade: str = "Grade") -> dict[str, str]:
    """By participant, the mark, as Moodle's assignfeedback_offline_grade_importer reads it."""
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert header.index(grade) > 0
    return {row[0][len("Participant ") :]: row[header.index(grade)] for row in rows}


def test_canvas(graded: Course, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text(CANVAS, "utf-8")
    output, code = export(graded, "--format", "canvas", "--fill", str(tmp_path / "g.csv"))
    written = (graded.exports_dir / f"{LAB}-canvas.csv").read_text("utf-8")
    assert read_as_canvas(written) == {
        "101": "10",
        "102": "7.25",
        "103": "6",
        "104": "9",
        "105": "1.50",  # hand grading is not finished: what Canvas has stays
        "106": "",
        "107": "",
        "999": "",
    }
    assert "Quiz" not in written and "Final" not in written
    assert code == 1 and "hand grading is not finished" in output
    assert "handed in nothing" in output and "Visitor, Vic" in output
    assert "4 marks in" in output and "3 without" in output


def moodle_sheet(tmp_path: Path, most: str = "10.00", head: str = MOODLE_HEAD, no="Yes") -> Path:
    path = tmp_path / "worksheet.csv"
    word = "Participant" if head is MOODLE_HEAD else "Teilnehmer/in"
    lines = [
        f'{word} {n},{name},{mail},"Submitted, late",,"{most}",{no},"5 May 2027, 1:00 AM",-,'
        for n, name, mail in MOODLE_ROWS
    ]
    path.write_text("\ufeff" + "\r\n".join([head, *lines, ""]), "utf-8")
    return path


def test_moodle(graded: Course, tmp_path: Path) -> None:
    sheet = moodle_sheet(tmp_path)
    output, code = export(graded, "--format", "moodle", "--fill", str(sheet))
    written = (graded.exports_dir / f"{LAB}-moodle.csv").read_text("utf-8")
    assert read_as_moodle(written) == {
        "11": "10",
        "12": "7.25",
        "13": "6",
        "14": "9",
        "15": "",
        "16": "",
    }
    # The rest of the file is unchanged.
    assert written.startswith("\ufeff") and code == 1
    before = list(csv.reader(io.StringIO(sheet.read_text("utf-8"))))
    after = list(csv.reader(io.StringIO(written)))
    assert [row[:4] + row[5:] for row in after] == [row[:4] + row[5:] for row in before]


def test_moodle_in_german_with_a_decimal_comma(graded: Course, tmp_path: Path) -> None:
    head = (
        "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,"
        "Bewertung kann geändert werden,Zuletzt geändert (Abgabe),"
        "Zuletzt geändert (Bewertung),Feedback als Kommentar"
    )
    sheet = moodle_sheet(tmp_path, "20,00", head, "Ja")
    with pytest.raises(AutograderError, match="20 points for this lab, the course has 10"):
        export(graded, "--format", "moodle", "--fill", str(sheet))
    export(graded, "--format", "moodle", "--fill", str(sheet), "--scale")
    written = (graded.exports_dir / f"{LAB}-moodle.csv").read_text("utf-8")
    rows = list(csv.reader(io.StringIO(written)))
    assert [row[4] for row in rows[1:5]] == ["20", "14,5", "12", "18"]


def test_marks_that_moodle_would_drop_are_listed(graded: Course, tmp_path: Path) -> None:
    mark_by_hand(graded, "zobrien", "curves", 4, extra=2)
    sheet = str(moodle_sheet(tmp_path))
    output, code = export(graded, "--format", "moodle", "--fill", sheet)
    assert "12 is more than the 10 points that the LMS accepts" in output and code == 1
    sheet = str(moodle_sheet(tmp_path, no="No"))
    assert "it is locked there" in export(graded, "--format", "moodle", "--fill", sheet)[0]


def test_csv(graded: Course) -> None:
    output, code = export(graded)
    with (graded.exports_dir / f"{LAB}.csv").open(encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert len(rows) == 6 and rows["zobrien"]["name"] == "O'Brien, Zoë"
    assert (rows["lixiao"]["score"], rows["lixiao"]["softmax"]) == ("7.25", "3")
    assert rows["waits"]["score"] == "" and rows["waits"]["raw_score"] == "6"
    assert rows["absent"]["not_final"] == "handed in nothing"
    assert code == 1 and "4 marks" in output


def test_students_without_a_final_mark(course: Course) -> None:
    turn_down(course, "Moreau, Léa", "", "the file is empty")
    submit(course, "Max", solved(course))
    output, code = export(course)
    assert code == 1
    assert "could not be graded" in output and "handed in and not graded yet" in output


def test_a_submission_that_was_moved_to_another_student(graded: Course, tmp_path: Path) -> None:
    (graded.submitted_dir / "kim.1").rename(graded.submitted_dir / "kim.9")
    lay_down(graded, "kim.9", solved(graded))
    mark_by_hand(graded, "kim.9", "curves", 0)
    (tmp_path / "g.csv").write_text(CANVAS, "utf-8")
    output, code = export(graded, "--format", "canvas", "--fill", str(tmp_path / "g.csv"))
    written = (graded.exports_dir / f"{LAB}-canvas.csv").read_text("utf-8")
    assert read_as_canvas(written)["103"] == "" and code == 1
    assert "its submission is no longer in submitted/" in output


def test_collected_moved_and_then_graded(course: Course, tmp_path: Path) -> None:
    files = {f"kimmin_103_1_{LAB}.ipynb": notebook_bytes(course)}
    collect(course, course.lab(LAB), download(tmp_path / "s.zip", files), "canvas")
    (course.submitted_dir / "kimmin-103").rename(course.submitted_dir / "kim.9")
    lay_down(course, "kim.9", solved(course))
    (tmp_path / "g.csv").write_text(CANVAS, "utf-8")
    output, _ = export(course, "--format", "canvas", "--fill", str(tmp_path / "g.csv"))
    assert "kim.9" in output


def test_a_folder_whose_name_macos_wrote(course: Course, tmp_path: Path) -> None:
    folder = "Zoe\u0308"
    lay_down(course, folder, solved(course))
    mark_by_hand(course, folder, "curves", 4)
    (course.root / "roster.csv").write_text('id,name\nZo\u00eb,"O\'Brien, Zo\u00eb"\n', "utf-8")
    assert export(course)[1] == 0
    with (course.exports_dir / f"{LAB}.csv").open(encoding="utf-8") as file:
        rows = [(row["student"], row["name"], row["score"]) for row in csv.DictReader(file)]
    assert rows == [("Zo\u00eb", "O'Brien, Zo\u00eb", "10")]
    (tmp_path / "g.csv").write_text(CANVAS, "utf-8")
    export(course, "--format", "canvas", "--fill", str(tmp_path / "g.csv"))
    written = (course.exports_dir / f"{LAB}-canvas.csv").read_text("utf-8")
    assert read_as_canvas(written)["101"] == "10"


def test_extensions_for_unknown_students_are_reported(graded: Course) -> None:
    toml = graded.root / "course.toml"
    toml.write_text(f"{toml.read_text()}\n[extensions]\nzobrian = {{ {LAB} = 2 }}\n")
    assert "zobrian" in export(graded)[0]


def test_a_lab_that_is_all_extra_credit(graded: Course, tmp_path: Path) -> None:
    toml = graded.root / "course.toml"
    every = 'extra_credit = ["neuron", "softmax", "predict", "curves"]'
    toml.write_text(toml.read_text().replace(f"[labs.{LAB}]", f"[labs.{LAB}]\n{every}", 1))
    (tmp_path / "g.csv").write_text(CANVAS, "utf-8")
    for options in ([], ["--scale"]):
        with pytest.raises(AutograderError, match="extra credit") as caught:
            export(graded, "--format", "canvas", "--fill", str(tmp_path / "g.csv"), *options)
        assert "0 points" in caught.value.hint


def test_options_that_have_no_effect(graded: Course, tmp_path: Path) -> None:
    for options in (["--fill", "none.csv"], ["--column", "Lab 1"], ["--scale"]):
        with pytest.raises(AutograderError, match=f"{options[0]} is for an LMS' file"):
            export(graded, *options)


def test_a_cell_that_is_too_long_for_csv(graded: Course, tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text(CANVAS + f'"{"x" * 140_000}",1\n', "utf-8")
    with pytest.raises(AutograderError, match="g.csv"):
        export(graded, "--format", "canvas", "--fill", str(path))


def test_the_wrong_file(graded: Course, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("id,name\n1,x\n")
    with pytest.raises(AutograderError, match="this is not the Canvas gradebook"):
        export(graded, "--format", "canvas", "--fill", str(other))
    with pytest.raises(AutograderError, match="this is not a Moodle grading worksheet"):
        export(graded, "--format", "moodle", "--fill", str(other))
    with pytest.raises(AutograderError, match="Canvas reads marks only from the Canvas gradebook"):
        export(graded, "--format", "canvas")
    (tmp_path / "g.csv").write_text(CANVAS.replace("One neuron, then", "Zwei"), "utf-8")
    with pytest.raises(
        AutograderError, match="the Canvas gradebook has no columns named"
    ) as caught:
        export(graded, "--format", "canvas", "--fill", str(tmp_path / "g.csv"))
    assert "Quiz (5)" in caught.value.hint
