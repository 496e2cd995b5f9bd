"""Brightspace: names in its downloads, and the files that it reads."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path, PurePosixPath

import pytest

from autograder.course.course import Course
from autograder.course.roster import Roster
from autograder.errors import AutograderError
from autograder.lms.brightspace import Brightspace
from autograder.lms.download import DownloadedFile
from autograder.lms.read_roster import read_roster
from tests.autograder.collect.collect_lab import (
    collect_lab,
    find_remark,
    kept_notebooks,
    states,
    write_files,
)
from tests.autograder.downloads import download, notebook_bytes, submitted_files
from tests.autograder.lms.grade_and_export import export, feedback_names, grade
from tests.autograder.tiny_course import LAB

ADA = "12345-678901 - Ada Lovelace - Feb 5, 2027 1159 PM"
ITEM = "One neuron, then a row of them Points Grade <Numeric MaxPoints:10 Weight:5>"
HEADER = f'OrgDefinedId,Username,Last Name,First Name,Email,Quiz Points Grade,"{ITEM}",'
HEADER += "Calculated Final Grade Numerator,End-of-Line Indicator"
ROWS = [
    "#4001,#zobrien,O'Brien,Zoë,zoe@x.edu,3,,75,#",
    "#4002,#mary.smith,Smith-Jones,Mary-Ann,mary@x.edu,,2.5,,#",
    "#4003,#kim1,Kim,Min,kim1@x.edu,,,,#",
    "#4004,#kim2,Kim,Min,kim2@x.edu,,,,#",
    '#4005,#doe,"Doe, Jr.",J.,doe@x.edu,,1,,#',
]


@pytest.mark.parametrize(
    ("path", "name", "own", "time"),
    [
        (f"{ADA}/lab.ipynb", "Ada Lovelace", "lab.ipynb", (2027, 2, 5, 23, 59)),
        (f"Lab 1 Download/{ADA}/a/b_c.py", "Ada Lovelace", "a/b_c.py", (2027, 2, 5, 23, 59)),
        ("1-2 - Ada - Feb 5, 2027 105 AM/x", "Ada", "x", (2027, 2, 5, 1, 5)),
        ("1-2 - Ada - Feb 5, 2027 1005 AM/x", "Ada", "x", (2027, 2, 5, 10, 5)),
        ("1-2 - Ada - Feb 15, 2027 1205 AM/x", "Ada", "x", (2027, 2, 15, 0, 5)),
        ("1-2 - Ada - Feb 5, 2027 0741 PM/x", "Ada", "x", (2027, 2, 5, 19, 41)),
        ("1-2 - Ada - Feb 5, 2027 7:41 PM/x", "Ada", "x", (2027, 2, 5, 19, 41)),
        ("1-2 - Ada - 5 February 2027 2359/x", "Ada", "x", (2027, 2, 5, 23, 59)),
        ("1-2 - Ada - 5 févr. 2027 2359/x", "Ada", "x", (2027, 2, 5, 23, 59)),
        ("1-2 - Ada - 5 pluviôse 2027 2359/x", "Ada", "x", None),
        ("1-2 - Ada - Feb 31, 2027 105 AM/x", "Ada", "x", None),
        ("1-2 - Mary-Ann Smith - Jones - Sep 4, 2026 926 PM/x", "Mary-Ann Smith - Jones", "x", ()),
        ("1-2 - O'Brien, Zoë - Sep 4, 2026 926 PM/x", "O'Brien, Zoë", "x", ()),
        ("1-2 - Group 2027 - Sep 4, 2026 926 PM/x", "Group 2027", "x", ()),
        # Files in one folder, without folders of their own.
        (f"{ADA} - my - lab_2.ipynb", "Ada Lovelace", "my - lab_2.ipynb", (2027, 2, 5, 23, 59)),
        (f"Lab 1/{ADA} - lab 2027.ipynb", "Ada Lovelace", "lab 2027.ipynb", (2027, 2, 5, 23, 59)),
        # A student may name files like another student's.
        (f"3-4 - Eve - Feb 5, 2027 100 PM/{ADA}/x", "Eve", f"{ADA}/x", (2027, 2, 5, 13, 0)),
        (f"3-4 - Eve - Feb 5, 2027 100 PM - {ADA} - x", "Eve", f"{ADA} - x", (2027, 2, 5, 13, 0)),
        ("lab.ipynb", None, "", None),
        ("Ada Lovelace/lab.ipynb", None, "", None),
        ("12345 - Ada Lovelace/lab.ipynb", None, "", None),
        (f"{ADA}.ipynb", None, "", None),
    ],
)
def test_names(path: str, name: str | None, own: str, time: tuple[int, ...] | None) -> None:
    file = Brightspace().read_name(DownloadedFile.recorded(path))
    if name is None:
        assert file is None
        return
    assert file is not None and (file.name, file.path) == (name, PurePosixPath(own))
    assert time == () or file.submitted == (datetime(*time) if time else None)


def grades_file(path: Path, encoding: str = "utf-8", rows: list[str] = ROWS) -> Path:
    path.write_text("\r\n".join([HEADER, *rows, ""]), encoding)
    return path


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    return read_roster(grades_file(tmp_path / "class.csv"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_its_grades_file_is_a_class_list(tmp_path: Path, encoding: str) -> None:
    people = read_roster(grades_file(tmp_path / "class.csv", encoding)).people
    assert [(p.id, p.ids["username"], p.name) for p in people[:2]] == [
        ("4001", "zobrien", "O'Brien, Zoë"),
        ("4002", "mary.smith", "Smith-Jones, Mary-Ann"),
    ]


def test_a_class_list_without_ids(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text(
        "OrgDefinedId,Username,Last Name,First Name,End-of-Line Indicator\n#,#ada,Lovelace,Ada,#\n"
    )
    (person,) = read_roster(path).people
    assert (person.id, person.ids) == ("ada", {"username": "ada", "sid": "ada"})


def test_the_last_attempt_counts_and_earlier_ones_are_kept(course, roster, tmp_path: Path) -> None:
    # Long because it writes a download as Brightspace does.
    zoe = "11-9 - Zoë O'Brien - Feb 5, 2027 {}"
    files = {
        "index.html": b"<table>Brightspace's own list</table>",
        f"{zoe.format('1159 AM')}/first_try.ipynb": notebook_bytes(course, "first"),
        f"{zoe.format('1159 AM')}/data.csv": b"a,b",
        f"{zoe.format('105 PM')}/{LAB}.ipynb": notebook_bytes(course, "second"),
        f"{zoe.format('105 PM')}/index.html": b"<p>her own</p>",
        # Some sites write the username before the name.
        f"12-9 - mary.smith Mary-Ann Smith-Jones - Feb 6, 2027 900 AM/{LAB}.ipynb": notebook_bytes(
            course, "mary"
        ),
        f"13-9 - Min Kim - Feb 5, 2027 900 AM/{LAB}.ipynb": notebook_bytes(course, "kim"),
        f"99-9 - Vic Visitor - Feb 5, 2027 900 AM/{LAB}.ipynb": notebook_bytes(course, "vic"),
        "notes.txt": b"?",
    }
    names = list(files)
    path = download(tmp_path / "s.zip", files)
    rows = collect_lab(course, path, "brightspace", roster)
    assert states(rows) == {
        names[1]: ("4001", "earlier"),
        names[2]: ("4001", "earlier"),
        names[3]: ("4001", "taken"),
        names[4]: ("4001", "part"),
        names[5]: ("4002", "taken"),
        names[6]: ("", "unclear"),
        names[7]: ("", "unclear"),
        names[8]: ("", "unclear"),
        **{student: (student, "nothing") for student in ("4003", "4004", "4005")},
    }
    assert "4003 or 4004" in find_remark(rows, names[6])
    assert find_remark(rows, "notes.txt") == "Brightspace does not name files like it"
    assert submitted_files(course, "4001") == {
        f"{LAB}.ipynb": files[names[3]],
        "index.html": files[names[4]],
        "timestamp.txt": b"2027-02-05 13:05:00 UTC",
    }
    assert kept_notebooks(course, "4001") == [files[names[1]]]
    attempt = course.collected_dir / LAB / "4001" / zoe.format("1159 AM")
    assert {path.name for path in attempt.iterdir()} == {"first_try.ipynb", "data.csv"}
    again = states(collect_lab(course, path, "brightspace", roster))
    assert again[names[3]] == ("4001", "unchanged") and again[names[1]] == ("4001", "earlier")


def test_an_old_download_does_not_bring_an_old_attempt_back(course, roster, tmp_path) -> None:
    for day in (5, 6):
        name = f"11-9 - Zoë O'Brien - Feb {day}, 2027 900 AM/{LAB}.ipynb"
        files = {name: notebook_bytes(course, str(day))}
        rows = collect_lab(course, download(tmp_path / f"{day}.zip", files), "brightspace", roster)
        assert states(rows)[name] == ("4001", "taken")
    old = states(collect_lab(course, tmp_path / "5.zip", "brightspace", roster))
    assert ("4001", "earlier") in old.values()
    assert submitted_files(course, "4001")[f"{LAB}.ipynb"] == notebook_bytes(course, "6")


def test_attempts_whose_times_are_in_another_language(course, roster, tmp_path: Path) -> None:
    files = {
        f"11-9 - Zoë O'Brien - {day} pluviôse 2027 900/{LAB}.ipynb": notebook_bytes(
            course, str(day)
        )
        for day in (5, 6)
    }
    rows = collect_lab(course, write_files(tmp_path / "in", files), "brightspace", roster)
    assert [row.state for row in rows if row.file] == ["unclear", "unclear"]
    assert "their times can't be read" in rows[0].remark
    assert not submitted_files(course, "4001")


def test_a_time_in_another_language(course: Course, roster: Roster, tmp_path: Path) -> None:
    name = f"11-9 - Zoë O'Brien - 5 pluviôse 2027 900/{LAB}.ipynb"
    path = download(tmp_path / "s.zip", {name: notebook_bytes(course)})
    rows = collect_lab(course, path, "brightspace", roster)
    assert states(rows)[name] == ("4001", "taken")
    assert "its time can't be read" in find_remark(rows, name)
    assert set(submitted_files(course, "4001")) == {f"{LAB}.ipynb"}


def test_its_user_numbers_tell_two_of_one_name_apart(course: Course, tmp_path: Path) -> None:
    files = {
        f"{user}-9 - Min Kim - Feb 5, 2027 900 AM/{LAB}.ipynb": notebook_bytes(course, user)
        for user in ("13", "14")
    }
    path = download(tmp_path / "s.zip", files)
    rows = collect_lab(course, path, "brightspace")
    assert {row.state for row in rows} == {"unclear"} and "--roster" in rows[0].remark
    (tmp_path / "class.csv").write_text(
        "id,name,brightspace_id\nkim1,Min Kim,13\nkim2,Min Kim,14\n"
    )
    rows = collect_lab(course, path, "brightspace", read_roster(tmp_path / "class.csv"))
    assert [(row.student, row.state) for row in rows] == [("kim1", "taken"), ("kim2", "taken")]


def read_as_brightspace(text: str, delimiter: str = ",") -> dict[str, str]:
    """By OrgDefinedId, the points: only keys, one item, and the end of each line."""
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter)
    assert header == ["OrgDefinedId", "Username", ITEM, "End-of-Line Indicator"]
    assert all(len(row) == 4 and row[1].startswith("#") and row[3] == "#" for row in rows)
    return {row[0].removeprefix("#"): row[2] for row in rows}


@pytest.fixture
def graded(course: Course, roster: Roster, tmp_path: Path) -> Course:
    """Three students, collected from Brightspace and graded."""
    files = {
        f"11-9 - Zoë O'Brien - Feb 5, 2027 900 AM/{LAB}.ipynb": notebook_bytes(course, "zoë"),
        "12-9 - Mary-Ann Smith-Jones - Feb 5, 2027 905 AM - my lab.ipynb": notebook_bytes(
            course, "mary"
        ),
        f"15-9 - J. Doe, Jr. - Feb 5, 2027 906 AM/{LAB}.ipynb": notebook_bytes(course, "doe"),
    }
    collect_lab(course, download(tmp_path / "s.zip", files), "brightspace", roster)
    grade(course, {"4001": 4, "4002": 1.25, "4005": 0})
    return course


@pytest.mark.parametrize("with_roster", [True, False])
def test_marks_come_back_in_the_right_rows(graded, tmp_path: Path, with_roster: bool) -> None:
    file = grades_file(tmp_path / "grades.csv", "utf-8-sig")
    options = ("--roster", str(file)) if with_roster else ()
    output, code = export(graded, "brightspace", file, *options)
    written = (graded.exports_dir / f"{LAB}-brightspace.csv").read_text("utf-8")
    assert read_as_brightspace(written) == {
        "4001": "10",
        "4002": "7.25",
        "4003": "",
        "4004": "",
        "4005": "6",
    }
    assert written.startswith("\ufeff") and "3 marks in" in output and code == 0


def test_a_file_that_was_saved_with_semicolons(graded: Course, tmp_path: Path) -> None:
    rows = [row for row in csv.reader([HEADER, *ROWS])]
    rows[2][6] = "2,5"
    file = tmp_path / "grades.csv"
    with file.open("w", encoding="utf-16", newline="") as text:
        csv.writer(text, delimiter=";").writerows(rows)
    export(graded, "brightspace", file)
    written = (graded.exports_dir / f"{LAB}-brightspace.csv").read_text("utf-8")
    assert read_as_brightspace(written, ";")["4002"] == "7,25"


@pytest.mark.parametrize(
    ("change", "options", "error"),
    [
        (("End-of-Line Indicator", "Comment"), (), ""),
        (("<Numeric MaxPoints:10 Weight:5>", ""), (), ""),
        (("One neuron, then a row of them", "Lab 1"), ("--column", "Lab 1"), ""),
        (("One neuron, then a row of them", "Lab 1"), (), "no columns named"),
        (("MaxPoints:10", "MaxPoints:20"), (), "20 points for this lab, the course has 10"),
        ((",#\r\n", ",\r\n"), (), "this is not a Brightspace grades file"),
        (("OrgDefinedId,Username", "A,B"), (), "this is not a Brightspace grades file"),
    ],
)
def test_other_files(graded, tmp_path: Path, change: tuple[str, str], options, error: str) -> None:
    text = "\r\n".join([HEADER, *ROWS, ""]).replace(*change)
    (tmp_path / "grades.csv").write_text(text, "utf-8")
    if error:
        with pytest.raises(AutograderError, match=error):
            export(graded, "brightspace", tmp_path / "grades.csv", *options)
    else:
        assert "3 marks" in export(graded, "brightspace", tmp_path / "grades.csv", *options)[0]


def test_feedback_goes_back_under_the_names_of_the_download(graded: Course) -> None:
    assert feedback_names(graded, "brightspace") == [
        f"11-9 - Zoë O'Brien - Feb 5, 2027 900 AM/{LAB}.html",
        f"12-9 - Mary-Ann Smith-Jones - Feb 5, 2027 905 AM - {LAB}.html",
        f"15-9 - J. Doe, Jr. - Feb 5, 2027 906 AM/{LAB}.html",
    ]
