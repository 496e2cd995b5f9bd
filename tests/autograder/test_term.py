"""A term: forty students on two LMSs, from submission to the marks in the LMSs."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.course import Course
from tests.autograder.downloads import download
from tests.autograder.tiny_course import LAB, make_course, mistaken, solved, stub
from tests.browser.formgrader import mark_in_browser

pytestmark = pytest.mark.browser

NAMES = ["O'Brien, Zoë", "李, 小龙", "Kim, Min", "Kim, Min", "Ångström-Ñuñez, Łukasz", "Doe, J."]
NAMES += [f"Student{chr(65 + n // 6)}{chr(97 + n % 6)}, Number" for n in range(34)]
POLICY = '[policy]\nlate_penalty = 0.1\n\n[extensions]\n"s03" = { 01_neuron = 5 }\n'


@dataclass(frozen=True)
class Student:
    """A student of the class.

    Args:
        number: The student's number.
        name: The student's name: last name, first name.
    """

    number: int
    name: str

    @property
    def id(self) -> str:
        return f"s{self.number:02}"

    @property
    def canvas(self) -> int:
        return 500 + self.number

    @property
    def participant(self) -> int:
        return 9000 + self.number

    @property
    def full_name(self) -> str:
        last, first = self.name.split(", ")
        return f"{first} {last}"


CLASS = [Student(number, name) for number, name in enumerate(NAMES)]
ON_CANVAS, ON_MOODLE = CLASS[:20], CLASS[20:]
ABSENT, PDF, BROKEN, LATE, UNMARKED = "s05", "s06", "s27", "s30", "s31"


def run(course: Course, *command: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, [*command, "--course-dir", str(course.root)])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.output


def grade(course: Course, scores: Path) -> None:
    """Run `autograder grade` in its own process; two submissions fail, so the exit code is 1."""
    command = [sys.executable, "-m", "autograder", "grade", "01", "--json", str(scores)]
    command += ["--course-dir", str(course.root)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1 and "37 graded, 2 failed" in done.stdout, done.stdout + done.stderr


def make_submission(course: Course, student: Student) -> bytes:
    """Return the student's file: every fourth has a mistake, every tenth is a stub."""
    if student.number % 10 == 9:
        notebook = stub(course)
    elif student.number % 4 == 3:
        notebook = mistaken(course, "no_bias")
    else:
        notebook = solved(course)
    text = nbformat.writes(notebook)
    return (text[: len(text) // 2] if student.id == BROKEN else text).encode()


def make_canvas_zip(course: Course, path: Path) -> Path:
    files: dict[str, bytes] = {}
    for student in ON_CANVAS:
        letters = "".join(c for c in student.name.lower() if c.isalpha())
        before = f"{letters}_{student.canvas}_{7000 + student.number}"
        if student.id == PDF:
            files[f"{before}_my work.pdf"] = b"%PDF-1.7"
        elif student.id != ABSENT:
            files[f"{before}_{LAB}.ipynb"] = make_submission(course, student)
    first = "obrienzoë"
    files[f"{first}_{CLASS[0].canvas}_7100_{LAB}-1.ipynb"] = make_submission(course, CLASS[0])
    files[f"{first}_{CLASS[0].canvas}_7000_{LAB}.ipynb"] = nbformat.writes(stub(course)).encode()
    files[f"visitorvic_999_7999_{LAB}.ipynb"] = make_submission(course, CLASS[0])
    return download(path, files)


def make_moodle_zip(course: Course, path: Path) -> Path:
    return download(
        path,
        {
            f"{s.full_name}_{s.participant}_assignsubmission_file_/{LAB}.ipynb": make_submission(
                course, s
            )
            for s in ON_MOODLE
        },
    )


def write_worksheet(path: Path) -> Path:
    head = (
        "Identifier,Full name,ID number,Status,Grade,Maximum Grade,Grade can be changed,"
        "Last modified (submission),Last modified (grade)"
    )
    day = {LATE: "Sunday, 7 February 2027"}
    lines = [
        f"Participant {s.participant},{s.full_name},{s.id},Submitted for grading,,10.00,Yes,"
        f'"{day.get(s.id, "Friday, 5 February 2027")}, 10:00 AM",-'
        for s in ON_MOODLE
    ]
    path.write_text("\ufeff" + "\n".join([head, *lines]) + "\n", "utf-8")
    return path


def write_gradebook(path: Path) -> Path:
    out = io.StringIO()
    writer = csv.writer(out)
    title = "One neuron, then a row of them (77)"
    writer.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title])
    writer.writerow(["    Points Possible", "", "", "", "", "10.0"])
    for s in ON_CANVAS:
        writer.writerow([s.name, s.canvas, s.id, f"login{s.number}", "DL", ""])
    path.write_text(out.getvalue(), "utf-8")
    return path


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory, chromium) -> tuple[Course, Path]:
    """Return the collected and graded course, and the folder of downloads.

    Written answers are marked in nbgrader's formgrader in a browser.
    """
    there = tmp_path_factory.mktemp("term")
    model = make_course(there / "model")
    run(model, "init", str(there / "course"))
    course = Course(there / "course")
    toml = course.root / "course.toml"
    toml.write_text(toml.read_text() + POLICY)
    run(course, "build")
    course = Course(course.root)
    roster = "id,name,canvas_id\n" + "".join(f'{s.id},"{s.name}",{s.canvas}\n' for s in ON_CANVAS)
    (there / "canvas_class.csv").write_text(roster, "utf-8")
    every = "id,name,canvas_id\n" + "".join(f'{s.id},"{s.name}",{s.canvas}\n' for s in CLASS)
    (course.root / "roster.csv").write_text(every, "utf-8")
    canvas = str(make_canvas_zip(course, there / "canvas.zip"))
    own = ("--roster", str(there / "canvas_class.csv"))
    run(course, "collect", "01", canvas, "--from", "canvas", *own, code=1)
    moodle = str(make_moodle_zip(course, there / "moodle.zip"))
    sheet = str(write_worksheet(there / "worksheet.csv"))
    run(course, "collect", "01", moodle, "--from", "moodle", "--roster", sheet)
    grade(course, there / "scores.jsonl")
    waiting = [s.id for s in CLASS if s.number % 10 != 9]
    to_mark = {s: 3.0 for s in waiting if s not in {ABSENT, PDF, BROKEN, UNMARKED}}
    mark_in_browser(course, chromium, there / "formgrader.log", LAB, to_mark)
    return course, there


def expected_mark(student: Student) -> float | None:
    """Return the mark that the LMS must get; None if it is not final."""
    if student.id in {ABSENT, PDF, BROKEN, UNMARKED}:
        return None
    if student.number % 10 == 9:
        return 0.0
    penalty = 2.0 if student.id == LATE else 0.0
    return (4.0 if student.number % 4 == 3 else 6.0) + 3.0 - penalty


@pytest.mark.slow
def test_every_student_has_a_record_and_a_verdict(term: tuple[Course, Path]) -> None:
    course, there = term
    with (course.collected_dir / f"{LAB}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["student"] for row in rows if row["student"]} == {s.id for s in CLASS}
    assert [row["name"] for row in rows if row["state"] == "unclear"] == ["visitorvic"]
    assert [row["student"] for row in rows if row["state"] == "nothing"] == [ABSENT]
    assert [row["student"] for row in rows if row["state"] == "earlier"] == ["s00"]
    verdicts = {
        fields["student"]: fields
        for line in (there / "scores.jsonl").read_text("utf-8").splitlines()
        for fields in [json.loads(line)]
    }
    assert set(verdicts) == {s.id for s in CLASS} - {ABSENT}
    assert {s for s, v in verdicts.items() if v["status"] == "failed"} == {PDF, BROKEN}


@pytest.mark.slow
def test_feedback_and_reports(term: tuple[Course, Path]) -> None:
    course, _ = term
    run(course, "feedback", "01", "--to", "canvas", code=1)
    run(course, "feedback", "01", "--to", "moodle", code=1)
    packed = 0
    for target in ("canvas", "moodle"):
        with zipfile.ZipFile(course.exports_dir / f"{LAB}-feedback-{target}.zip") as archive:
            packed += len(archive.namelist())
    assert packed == 39
    output = run(course, "similar", "01")
    assert (
        "0 similar pairs" in output
    )  # many students share the solution, the stub and the common mistake
    run(course, "report", "01")
    run(course, "report")
    page = BeautifulSoup((course.reports_dir / f"{LAB}.html").read_text("utf-8"), "html.parser")
    assert len(page.find(id="students").tbody.find_all("tr")) == 39
    page = BeautifulSoup((course.reports_dir / "course.html").read_text("utf-8"), "html.parser")
    assert len(page.find(id="students").tbody.find_all("tr")) == 40


@pytest.mark.slow
def test_the_lms_files_have_the_marks(term: tuple[Course, Path]) -> None:
    course, there = term
    fill = str(write_gradebook(there / "gradebook.csv"))
    output = run(course, "export", "01", "--format", "canvas", "--fill", fill, code=1)
    assert "handed in nothing" in output and "could not be graded" in output
    written = (course.exports_dir / f"{LAB}-canvas.csv").read_text("utf-8")
    header, possible, *rows = csv.reader(io.StringIO(written))
    assert header[-1].endswith("(77)") and "Points Possible" in possible[0]
    marks = {int(row[1]): row[-1] for row in rows}
    output = run(
        course, "export", "01", "--format", "moodle", "--fill", str(there / "worksheet.csv"), code=1
    )
    assert "hand grading is not finished" in output
    written = (course.exports_dir / f"{LAB}-moodle.csv").read_text("utf-8")
    _, *rows = csv.reader(io.StringIO(written))
    marks |= {int(row[0].split()[-1]): row[4] for row in rows}
    assert len(marks) == 40
    for student in CLASS:
        number = student.canvas if student in ON_CANVAS else student.participant
        expected = expected_mark(student)
        assert marks[number] == ("" if expected is None else f"{expected:g}"), student
