"""Blackboard: names and receipts in its downloads, and the gradebook file that it reads."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path, PurePosixPath

import pytest

from autograder.course.course import Course
from autograder.course.roster import Roster
from autograder.errors import AutograderError
from autograder.lms.blackboard import Blackboard
from autograder.lms.download import open_download
from autograder.lms.read_roster import read_roster
from tests.autograder.collect.collect_lab import (
    collect_lab,
    find_remark,
    kept_notebooks,
    states,
    write_files,
)
from tests.autograder.downloads import download, notebook_bytes, submitted_files
from tests.autograder.lms.grade_and_export import export, grade, run
from tests.autograder.tiny_course import LAB

TIME = "2027-02-05-23-59-00"
BEFORE = "gradebook_ML101_Lab 1"
COLUMN = "One neuron, then a row of them [Total Pts: 10 Score] |12345"
HEADER = ["Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability"]
HEADER += ["Quiz [bonus] [Total Pts: 5 Score] |12344", COLUMN, "Overall [Total Pts: up to 15] |9"]
ROWS = [
    ["O'Brien", "Zoë", "zobrien", "4001", "2027-02-01 20:20:47", "Yes", "3", "", "3"],
    ["Smith-Jones", "Mary-Ann", "mary_smith", "", "", "Yes", "", "2.50", "2.5"],
    ["Kim", "Min", "kim", "4003", "", "Yes", "", "Needs Grading", ""],
    ["Kim", "Min", "kim2", "4004", "", "No", "", "", ""],
]


def receipt(name: str, username: str, comment: str = "There are no student comments.") -> str:
    return (
        f"Name: {name} ({username})\nAssignment: Lab 1\n"
        "Date Submitted: Friday, February 5, 2027 11:59:00 PM CET\nCurrent Grade: Needs Grading\n\n"
        "Submission Field:\nThere is no student submission text data for this assignment.\n\n"
        f"Comments:\n{comment}\n\nFiles:\n\tOriginal filename: lab.ipynb\n"
    )


def attempt(username: str, own: str = "", time: str = TIME) -> str:
    """The name of a file, or of the receipt."""
    return f"{BEFORE}_{username}_attempt_{time}{f'_{own}' if own else '.txt'}"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({attempt("ada", "lab.ipynb"): ""}, [("ada", "ada", "lab.ipynb")]),
        ({f"x/{attempt('ada', 'my_lab_2.py')}": ""}, [("ada", "ada", "my_lab_2.py")]),
        (
            {attempt("ada", "lab.ipynb"): "", attempt("ada"): receipt("Ada (A.) Lovelace", "ada")},
            [("ada", "Ada (A.) Lovelace", "lab.ipynb")],
        ),
        # The receipt knows a username that has underscores.
        (
            {attempt("a_b", "l.py"): "", attempt("a_b"): "\ufeff" + receipt("Ada", "a_b")},
            [("a_b", "Ada", "l.py")],
        ),
        ({attempt("a_b", "l.py"): ""}, [("b", "b", "l.py")]),
        # A receipt of another student's name, or a broken one, says nothing.
        ({attempt("a", "l"): "", attempt("a"): receipt("Eve", "e")}, [("a", "a", "l")]),
        ({attempt("a", "l"): "", attempt("a"): "\0"}, [("a", "a", "l")]),
        # Only its first line is Blackboard's own.
        ({attempt("a", "l"): "", attempt("a"): "?\nName: Eve (a)\n"}, [("a", "a", "l")]),
        (
            {attempt("a", "l"): "", attempt("a"): receipt("Ada", "a", "Name: Eve (a)")},
            [("a", "Ada", "l")],
        ),
        # A student may name files like another student's.
        (
            {attempt("eve", attempt("ada", "lab.ipynb")): ""},
            [("eve", "eve", attempt("ada", "lab.ipynb"))],
        ),
        ({attempt("eve", attempt("ada")): ""}, [("eve", "eve", attempt("ada"))]),
        # A text that was typed in, without a file.
        ({attempt("ada"): receipt("Ada", "ada")}, [("ada", "Ada", "receipt.txt")]),
        # Older names, without the course.
        ({f"Lab 1_ada_attempt_{TIME}_lab.ipynb": ""}, [("ada", "ada", "lab.ipynb")]),
        (
            {"lab.ipynb": "", f"Lab_attempt_{TIME[:-1]}_x": ""},
            [("", "", f"Lab_attempt_{TIME[:-1]}_x"), ("", "", "lab.ipynb")],
        ),
    ],
)
def test_names(tmp_path: Path, files: dict[str, str], found: list[tuple[str, str, str]]) -> None:
    with open_download(download(tmp_path / "s.zip", files)) as downloaded:
        read = list(Blackboard().read_download(downloaded, LAB, {f"{LAB}.ipynb"}))
    assert [(one.student, one.name, str(one.path)) for one in read] == found
    for one in read:
        assert one.submitted == (datetime(2027, 2, 5, 23, 59) if one.name else None)
        assert one.path == PurePosixPath(one.path.name)


def gradebook(path: Path, encoding: str = "utf-8", delimiter: str = ",", header=HEADER) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([header, *ROWS])
    return path


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    return read_roster(gradebook(tmp_path / "class.csv"))


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8-sig", ","), ("utf-16", "\t"), ("utf-16-le", "\t"), ("utf-8", ";")],
)
def test_its_gradebook_file_is_a_class_list(tmp_path: Path, encoding: str, delimiter: str) -> None:
    people = read_roster(gradebook(tmp_path / "gc.xls", encoding, delimiter)).people
    assert [(p.id, p.name) for p in people] == [
        ("zobrien", "O'Brien, Zoë"),
        ("mary_smith", "Smith-Jones, Mary-Ann"),
        ("kim", "Kim, Min"),
        ("kim2", "Kim, Min"),
    ]


def test_the_last_attempt_counts_and_earlier_ones_are_kept(course, roster, tmp_path: Path) -> None:
    later = "2027-02-06-08-00-00"
    files = {
        attempt("zobrien", "first_try.ipynb"): notebook_bytes(course, "first"),
        attempt("zobrien", "data.csv"): b"a,b",
        attempt("zobrien"): receipt("Zoë O'Brien", "zobrien").encode(),
        attempt("zobrien", f"{LAB}.ipynb", later): notebook_bytes(course, "second"),
        attempt("zobrien", "notes_2.txt", later): b"hers",
        attempt("zobrien", time=later): receipt("Zoë O'Brien", "zobrien").encode(),
        attempt("mary_smith", "lab.ipynb"): notebook_bytes(course, "mary"),
        attempt("mary_smith"): receipt("Mary-Ann Smith-Jones", "mary_smith").encode(),
        attempt("KIM", "lab.ipynb"): notebook_bytes(course, "kim"),
        attempt("vic", "lab.ipynb"): notebook_bytes(course, "vic"),
    }
    names = list(files)
    path = download(tmp_path / "s.zip", files)
    rows = collect_lab(course, path, "blackboard", roster)
    assert states(rows) == {
        names[0]: ("zobrien", "earlier"),
        names[1]: ("zobrien", "earlier"),
        names[3]: ("zobrien", "taken"),
        names[4]: ("zobrien", "part"),
        names[6]: ("mary_smith", "taken"),
        names[8]: ("kim", "taken"),
        names[9]: ("", "unclear"),
        "kim2": ("kim2", "nothing"),
    }
    assert submitted_files(course, "zobrien") == {
        f"{LAB}.ipynb": files[names[3]],
        "notes_2.txt": b"hers",
        "timestamp.txt": b"2027-02-06 08:00:00 UTC",
    }
    assert kept_notebooks(course, "zobrien") == [files[names[0]]]
    again = states(collect_lab(course, path, "blackboard", roster))
    assert again[names[3]] == ("zobrien", "unchanged")


@pytest.mark.parametrize(
    ("text", "student"),
    [
        ("id,name\nada,Somebody Else\n4001,Ada Lovelace\n", "ada"),
        ("student id,name,username\n4001,Ada Lovelace,ada\n4002,Ada Lovelace,ada2\n", "4001"),
        ("id,name\n4001,Ada Lovelace\n", "4001"),
        ("student id,name,username\n4001,Ada Lovelace,other\n", ""),
    ],
    ids=["username as id", "username beside the id", "by name", "another's name"],
)
def test_a_plain_class_list(course: Course, tmp_path: Path, text: str, student: str) -> None:
    (tmp_path / "class.csv").write_text(text)
    files = {
        attempt("ada", "lab.ipynb"): notebook_bytes(course),
        attempt("ada"): receipt("Ada Lovelace", "ada").encode(),
    }
    path = write_files(tmp_path / "in", files)
    rows = collect_lab(course, path, "blackboard", read_roster(tmp_path / "class.csv"))
    assert states(rows)[attempt("ada", "lab.ipynb")][0] == student


def test_without_a_class_list_usernames_tell_students_apart(course: Course, tmp_path: Path) -> None:
    files = {attempt(who, f"{LAB}.ipynb"): notebook_bytes(course, who) for who in ("kim", "kim2")}
    files |= {attempt(who): receipt("Min Kim", who).encode() for who in ("kim", "kim2")}
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "blackboard")
    assert [(row.student, row.name, row.state) for row in rows] == [
        ("kim", "Min Kim", "taken"),
        ("kim2", "Min Kim", "taken"),
    ]


def test_a_text_without_a_file_is_reported(course: Course, roster: Roster, tmp_path: Path) -> None:
    files = {attempt("kim"): receipt("Min Kim", "kim").encode()}
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "blackboard", roster)
    assert "no notebook in it, but receipt.txt" in find_remark(rows, attempt("kim"))


@pytest.fixture
def graded(course: Course, roster: Roster, tmp_path: Path) -> Course:
    """Three students, collected from Blackboard and graded."""
    files: dict[str, bytes | str] = {}
    for name, username in (("Zoë O'Brien", "zobrien"), ("Mary", "mary_smith"), ("Min", "kim2")):
        files[attempt(username, f"{LAB}.ipynb")] = notebook_bytes(course, username)
        files[attempt(username)] = receipt(name, username)
    collect_lab(course, download(tmp_path / "s.zip", files), "blackboard", roster)
    grade(course, {"zobrien": 4, "mary_smith": 1.25, "kim2": 0})
    return course


def read_as_blackboard(content: bytes, encoding: str, delimiter: str) -> dict[str, str]:
    """By username, the points: names, ids and one column, with its number, all in quotes."""
    text = content.decode(encoding)
    header, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    assert header == [*HEADER[:4], COLUMN]
    assert text.splitlines()[1].count('"') == 10
    return {row[2]: row[4] for row in rows}


@pytest.mark.parametrize("with_roster", [True, False])
@pytest.mark.parametrize(
    ("name", "encoding", "delimiter"),
    [
        ("gc_ML101_fullgc.csv", "utf-8-sig", ","),
        ("gc_ML101_fullgc.xls", "utf-16", "\t"),
        ("gc_ML101_fullgc.txt", "utf-16-le", "\t"),
    ],
)
def test_marks_come_back_in_the_right_rows(
    graded: Course, tmp_path: Path, name: str, encoding: str, delimiter: str, with_roster: bool
) -> None:
    file = gradebook(tmp_path / name, encoding, delimiter)
    options = ("--roster", str(file)) if with_roster else ()
    output, code = export(graded, "blackboard", file, *options)
    written = graded.exports_dir / f"{LAB}-blackboard{file.suffix}"
    assert read_as_blackboard(written.read_bytes(), encoding, delimiter) == {
        "zobrien": "10",
        "mary_smith": "7.25",
        "kim": "Needs Grading",  # what Blackboard has stays
        "kim2": "6",
    }
    assert written.read_bytes()[:3] == file.read_bytes()[:3]
    assert "3 marks in" in output and code == 0


@pytest.mark.parametrize(
    ("change", "options", "error"),
    [
        (("10 Score", "0 Score"), (), ""),
        (("Total Pts: 10 Score", "Gesamtpunkte: 10 Ergebnis"), (), ""),
        (("One neuron, then a row of them", "Lab [1]"), ("--column", "Lab [1]"), ""),
        (("One neuron, then a row of them", "Lab 1"), (), "no columns named"),
        (("10 Score", "20 Score"), (), "20 points for this lab, the course has 10"),
        (("Score] |12345", "Score]"), (), "no columns named"),
        (("Username", "User"), (), "this is not a Blackboard gradebook file"),
        (("] |", "] "), (), "this is not a Blackboard gradebook file"),
    ],
)
def test_other_files(graded, tmp_path: Path, change: tuple[str, str], options, error: str) -> None:
    file = gradebook(tmp_path / "gc.csv", header=[name.replace(*change) for name in HEADER])
    if error:
        with pytest.raises(AutograderError, match=error):
            export(graded, "blackboard", file, *options)
    else:
        assert "3 marks" in export(graded, "blackboard", file, *options)[0]


def test_it_takes_no_feedback_in_one_file(graded: Course) -> None:
    with pytest.raises(AutograderError, match="Blackboard does not take feedback pages") as caught:
        run(graded, "feedback", "01", "--to", "blackboard")
    assert "--to folder" in caught.value.hint and not graded.feedback_dir.exists()
