"""Downloads become submitted/; every file and every student is accounted for."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.course.collected import read_record
from autograder.course.course import Course
from autograder.course.roster import Roster
from autograder.errors import AutograderError
from autograder.lms.read_roster import read_roster
from tests.autograder.collect.collect_lab import (
    collect_lab,
    find_remark,
    kept_notebooks,
    states,
    write_files,
)
from tests.autograder.downloads import (
    add_other_lab,
    download,
    notebook_bytes,
    submitted_files,
)
from tests.autograder.tiny_course import LAB


def test_canvas(course: Course, roster: Roster, tmp_path: Path) -> None:
    files = {
        f"obrienzoë_101_9001_{LAB}.ipynb": notebook_bytes(course, "first"),
        f"obrienzoë_LATE_101_9007_{LAB}-1.ipynb": notebook_bytes(course, "second"),
        f"小龙李_102_9002_{LAB}.ipynb": notebook_bytes(course, "li"),
        f"kimmin_103_9003_{LAB} (1).ipynb": notebook_bytes(course, "kim 1"),
        f"kimmin_104_9004_{LAB}.ipynb": notebook_bytes(course, "kim 2"),
        "kimmin_104_9005_data.csv": "a,b",
        f"smithsam_999_9006_{LAB}.ipynb": notebook_bytes(course, "nobody"),
        "__MACOSX/._x.ipynb": "x",
    }
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "canvas", roster)
    names = list(files)
    assert states(rows) == {
        names[0]: ("zobrien", "earlier"),
        names[1]: ("zobrien", "taken"),
        names[2]: ("lixiao", "taken"),
        names[3]: ("kim.1", "taken"),
        names[4]: ("kim.2", "taken"),
        names[5]: ("kim.2", "part"),
        names[6]: ("", "unclear"),
        "absent": ("absent", "nothing"),
    }
    assert submitted_files(course, "zobrien") == {f"{LAB}.ipynb": files[names[1]]}
    assert next(row for row in rows if row.file == names[1]).late == "late"
    assert set(submitted_files(course, "kim.2")) == {f"{LAB}.ipynb", "data.csv"}
    assert kept_notebooks(course, "zobrien") == [files[names[0]]]
    assert read_record(course, course.lab(LAB)) == rows


def test_canvas_without_a_roster_keeps_two_of_one_name_apart(course, tmp_path: Path) -> None:
    files = {
        f"kimmin_103_9003_{LAB}.ipynb": notebook_bytes(course, "kim 1"),
        f"kimmin_104_9004_{LAB}.ipynb": notebook_bytes(course, "kim 2"),
    }
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "canvas")
    assert {row.student for row in rows} == {"kimmin-103", "kimmin-104"}


@pytest.mark.parametrize(
    "pattern",
    [
        "{name}_{n}_assignsubmission_file_/{lab}.ipynb",  # to Moodle 4.0
        "{name}_{n}_assignsubmission_file/{lab}.ipynb",  # from 4.1
        "DL-Lab 1-77/{name}_{n}_assignsubmission_file_/{lab}.ipynb",
        "{name}_{n}_assignsubmission_file_{lab}.ipynb",  # without folders
    ],
)
def test_moodle(course: Course, roster: Roster, tmp_path: Path, pattern: str) -> None:
    def named(name: str, number: int) -> str:
        return pattern.format(name=name, n=number, lab=LAB)

    files = {
        named("Zoë O'Brien", 11): notebook_bytes(course, "zoë"),
        named("李 小龙", 12): notebook_bytes(course, "li"),
        named("Min Kim", 13): notebook_bytes(course, "kim"),
    }
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "moodle", roster)
    found = states(rows)
    assert found[named("Zoë O'Brien", 11)] == ("zobrien", "taken")
    assert found[named("李 小龙", 12)] == ("lixiao", "taken")
    assert found[named("Min Kim", 13)] == ("", "unclear")
    assert "kim.1 or kim.2" in find_remark(rows, named("Min Kim", 13))
    assert set(submitted_files(course, "zobrien")) == {f"{LAB}.ipynb"}


def test_moodles_worksheet_tells_two_of_one_name_apart_and_when(course, tmp_path: Path) -> None:
    sheet = tmp_path / "worksheet.csv"
    sheet.write_text(
        "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,"
        "Grade can be changed,Last modified (submission),Last modified (grade)\n"
        'Participant 13,Min Kim,k1@x.edu,Sent,,10.00,Yes,"Friday, 5 February 2027, 11:58 PM",-\n'
        'Participant 14,Min Kim,k2@x.edu,Sent,,10.00,Yes,"Sunday, 7 February 2027, 1:00 AM",-\n',
        encoding="utf-8",
    )
    files = {
        f"Min Kim_{number}_assignsubmission_file_/{LAB}.ipynb": notebook_bytes(course, str(number))
        for number in (13, 14)
    }
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "moodle", read_roster(sheet))
    assert {row.student: row.state for row in rows} == {"k1@x.edu": "taken", "k2@x.edu": "taken"}
    assert submitted_files(course, "k2@x.edu")["timestamp.txt"] == b"2027-02-07 01:00:00 UTC"
    same = collect_lab(course, tmp_path / "s.zip", "moodle")
    assert {row.state for row in same} == {"unclear"} and "--roster" in same[0].remark


def test_text_typed_into_moodle_is_not_a_notebook(course: Course, roster, tmp_path: Path) -> None:
    files = {"Zoë O'Brien_11_assignsubmission_onlinetext_/onlinetext.html": "<p>done</p>"}
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "moodle", roster)
    assert "no notebook in it, but onlinetext.html" in rows[0].remark


def test_gradescope(course: Course, roster: Roster, tmp_path: Path) -> None:
    # Long because it writes an export as Gradescope does.
    about = """\
submission_1:
  :submitters:
  - :name: Zoë O'Brien
    :sid: zobrien
    :email: zoe@example.edu
  :created_at: 2027-02-05 22:14:07.123456000 Z
submission_2:
  :submitters:
  - :name: Min Kim
    :sid:
    :email: Kim1@example.edu
  - :name: Min Kim
    :email: kim2@example.edu
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2027-02-05 22:14:07 Z
submission_4:
submission_5:
  :submitters:
  - nobody
submission_6:
  :submitters: nobody
"""
    export = "assignment_5_export/"
    files = {
        f"{export}submission_metadata.yml": about,
        f"{export}submission_1/{LAB}.ipynb": notebook_bytes(course, "zoë"),
        f"{export}submission_2/work/{LAB}.ipynb": notebook_bytes(course, "group"),
        **{
            f"{export}submission_{n}/{LAB}.ipynb": notebook_bytes(course, str(n))
            for n in range(3, 7)
        },
    }
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "gradescope", roster)
    taken = {row.student for row in rows if row.state == "taken"}
    assert taken == {"zobrien", "kim.1", "kim.2"}
    assert [row.file for row in rows if row.state == "unclear"] == [
        f"{export}submission_{n}/{LAB}.ipynb" for n in range(3, 7)
    ]
    assert submitted_files(course, "zobrien")["timestamp.txt"] == b"2027-02-05 22:14:07 UTC"


def test_folder_of_folders_and_of_files(course: Course, tmp_path: Path) -> None:
    files = {
        f"ada/{LAB}.ipynb": notebook_bytes(course, "ada"),
        f"ben/{LAB}/{LAB}.ipynb": notebook_bytes(course, "ben"),
        f"cem_{LAB}.ipynb": notebook_bytes(course, "cem"),
    }
    rows = collect_lab(course, write_files(tmp_path / "in", files), "folder")
    assert {row.student: row.state for row in rows} == dict.fromkeys(("ada", "ben", "cem"), "taken")
    assert all(set(submitted_files(course, name)) == {f"{LAB}.ipynb"} for name in ("ada", "ben"))


def test_again_changes_nothing_and_nothing_is_overwritten(course, roster, tmp_path: Path) -> None:
    name = f"obrienzoe_101_{{}}_{LAB}.ipynb"
    first = download(tmp_path / "1.zip", {name.format(1): notebook_bytes(course, "first")})
    second = download(tmp_path / "2.zip", {name.format(2): notebook_bytes(course, "second")})
    assert states(collect_lab(course, first, "canvas", roster))[name.format(1)][1] == "taken"
    assert states(collect_lab(course, first, "canvas", roster))[name.format(1)][1] == "unchanged"
    rows = collect_lab(course, second, "canvas", roster)
    assert "kept in collected/" in find_remark(rows, name.format(2))
    assert submitted_files(course, "zobrien")[f"{LAB}.ipynb"] == notebook_bytes(course, "second")
    assert kept_notebooks(course, "zobrien") == [notebook_bytes(course, "first")]
    # Collecting an old download again does not bring the old attempt back.
    assert states(collect_lab(course, first, "canvas", roster))[name.format(1)][1] == "earlier"
    assert submitted_files(course, "zobrien")[f"{LAB}.ipynb"] == notebook_bytes(course, "second")


def test_other_files_are_taken_with_a_remark(course: Course, roster, tmp_path: Path) -> None:
    files = {
        "obrienzoe_101_1_lab.py": "print()",
        "李小龙_102_2_lab.pdf": b"%PDF-1.7",
        f"kimmin_103_3_{LAB}.ipynb": b"",
        f"kimmin_104_4_{LAB}.html": "<html>",
    }
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "canvas", roster)
    assert {row.state for row in rows if row.file} == {"taken"}
    assert "no notebook in it, but lab.py" in find_remark(rows, "obrienzoe_101_1_lab.py")
    assert "is empty" in find_remark(rows, f"kimmin_103_3_{LAB}.ipynb")


def test_a_notebook_of_another_lab_is_left_in_the_download(course, roster, tmp_path: Path) -> None:
    other = nbformat.writes(add_other_lab(course))
    course = Course(course.root)
    files = {
        f"obrienzoe_101_1_{LAB}.ipynb": notebook_bytes(course, "right"),
        "obrienzoe_101_2_02_other.ipynb": other,
        f"kimmin_103_3_{LAB}.ipynb": other,
    }
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "canvas", roster)
    assert states(rows)[f"obrienzoe_101_1_{LAB}.ipynb"] == ("zobrien", "taken")
    assert states(rows)["obrienzoe_101_2_02_other.ipynb"] == ("zobrien", "unclear")
    assert "is lab 02_other" in find_remark(rows, f"kimmin_103_3_{LAB}.ipynb")
    assert not submitted_files(course, "kim.1")


def test_a_dry_run_writes_nothing(course: Course, roster: Roster, tmp_path: Path) -> None:
    path = download(tmp_path / "s.zip", {f"obrienzoe_101_1_{LAB}.ipynb": notebook_bytes(course)})
    before = sorted(course.root.rglob("*"))
    dry = collect_lab(course, path, "canvas", roster, dry_run=True)
    assert sorted(course.root.rglob("*")) == before
    assert states(dry) == states(collect_lab(course, path, "canvas", roster))


def test_a_download_of_another_lms(course: Course, tmp_path: Path) -> None:
    path = download(tmp_path / "s.zip", {f"ada/{LAB}.ipynb": notebook_bytes(course)})
    with pytest.raises(AutograderError, match="not named like a download from Canvas"):
        collect_lab(course, path, "canvas")
    with pytest.raises(AutograderError, match=r"no submission_metadata\.yml"):
        collect_lab(course, path, "gradescope")
    with pytest.raises(AutograderError, match="neither a folder nor a whole zip file"):
        broken = tmp_path / "broken.zip"
        broken.write_bytes(path.read_bytes()[:50])
        collect_lab(course, broken, "folder")


def test_a_folder_that_cannot_be_written(course: Course, roster, tmp_path: Path) -> None:
    path = download(tmp_path / "s.zip", {f"obrienzoe_101_1_{LAB}.ipynb": notebook_bytes(course)})
    course.submitted_dir.write_text("a file where the folder should be")
    with pytest.raises(AutograderError, match="can't write"):
        collect_lab(course, path, "canvas", roster)
