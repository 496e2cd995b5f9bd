"""Downloads as LMSs name them become submitted/; every file and every student is accounted for."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.course.collected import read_record
from autograder.course.course import Course
from autograder.course.roster import Roster
from autograder.errors import AutograderError
from tests.autograder.collect.taking import kept, laid_out, remark, states, take
from tests.autograder.downloads import another_lab, download, held, notebook, zipped
from tests.autograder.tiny_course import LAB

ROSTER = """\
id,name,canvas_id,email
zobrien,"O'Brien, Zoë",101,zoe@example.edu
lixiao,"李 小龙",102,li@example.edu
kim.1,"Kim, Min",103,kim1@example.edu
kim.2,"Kim, Min",104,kim2@example.edu
absent,"Absent, Ann",105,ann@example.edu
"""


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    path = tmp_path / "roster.csv"
    path.write_text(ROSTER, encoding="utf-8")
    return Roster.read(path)


def test_canvas(course: Course, roster: Roster, tmp_path: Path) -> None:
    files = {
        f"obrienzoë_101_9001_{LAB}.ipynb": notebook(course, "first"),
        f"obrienzoë_LATE_101_9007_{LAB}-1.ipynb": notebook(course, "second"),
        f"小龙李_102_9002_{LAB}.ipynb": notebook(course, "li"),
        f"kimmin_103_9003_{LAB} (1).ipynb": notebook(course, "kim 1"),
        f"kimmin_104_9004_{LAB}.ipynb": notebook(course, "kim 2"),
        "kimmin_104_9005_data.csv": "a,b",
        f"smithsam_999_9006_{LAB}.ipynb": notebook(course, "nobody"),
        "__MACOSX/._x.ipynb": "x",
    }
    rows = take(course, download(tmp_path / "s.zip", files), "canvas", roster)
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
    assert held(course, "zobrien") == {f"{LAB}.ipynb": files[names[1]]}
    assert next(row for row in rows if row.file == names[1]).late == "late"
    assert set(held(course, "kim.2")) == {f"{LAB}.ipynb", "data.csv"}
    assert kept(course, "zobrien") == [files[names[0]]]
    assert read_record(course, course.lab(LAB)) == rows


def test_canvas_without_a_roster_keeps_two_of_one_name_apart(course, tmp_path: Path) -> None:
    files = {
        f"kimmin_103_9003_{LAB}.ipynb": notebook(course, "kim 1"),
        f"kimmin_104_9004_{LAB}.ipynb": notebook(course, "kim 2"),
    }
    rows = take(course, download(tmp_path / "s.zip", files), "canvas")
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
        named("Zoë O'Brien", 11): notebook(course, "zoë"),
        named("李 小龙", 12): notebook(course, "li"),
        named("Min Kim", 13): notebook(course, "kim"),
    }
    rows = take(course, download(tmp_path / "s.zip", files), "moodle", roster)
    found = states(rows)
    assert found[named("Zoë O'Brien", 11)] == ("zobrien", "taken")
    assert found[named("李 小龙", 12)] == ("lixiao", "taken")
    assert found[named("Min Kim", 13)] == ("", "unclear")
    assert "kim.1 or kim.2" in remark(rows, named("Min Kim", 13))
    assert set(held(course, "zobrien")) == {f"{LAB}.ipynb"}


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
        f"Min Kim_{number}_assignsubmission_file_/{LAB}.ipynb": notebook(course, str(number))
        for number in (13, 14)
    }
    rows = take(course, download(tmp_path / "s.zip", files), "moodle", Roster.read(sheet))
    assert {row.student: row.state for row in rows} == {"k1@x.edu": "taken", "k2@x.edu": "taken"}
    assert held(course, "k2@x.edu")["timestamp.txt"] == b"2027-02-07 01:00:00 UTC"
    same = take(course, tmp_path / "s.zip", "moodle")
    assert {row.state for row in same} == {"unclear"} and "--roster" in same[0].remark


def test_moodle_typed_in_text_is_no_notebook(course: Course, roster, tmp_path: Path) -> None:
    files = {"Zoë O'Brien_11_assignsubmission_onlinetext_/onlinetext.html": "<p>done</p>"}
    rows = take(course, download(tmp_path / "s.zip", files), "moodle", roster)
    assert "no notebook in it, but onlinetext.html" in rows[0].remark


def test_gradescope(course: Course, roster: Roster, tmp_path: Path) -> None:
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
        f"{export}submission_1/{LAB}.ipynb": notebook(course, "zoë"),
        f"{export}submission_2/work/{LAB}.ipynb": notebook(course, "group"),
        **{f"{export}submission_{n}/{LAB}.ipynb": notebook(course, str(n)) for n in range(3, 7)},
    }
    rows = take(course, download(tmp_path / "s.zip", files), "gradescope", roster)
    taken = {row.student for row in rows if row.state == "taken"}
    assert taken == {"zobrien", "kim.1", "kim.2"}
    assert [row.file for row in rows if row.state == "unclear"] == [
        f"{export}submission_{n}/{LAB}.ipynb" for n in range(3, 7)
    ]
    assert held(course, "zobrien")["timestamp.txt"] == b"2027-02-05 22:14:07 UTC"


def test_folder_of_folders_and_of_files(course: Course, tmp_path: Path) -> None:
    files = {
        f"ada/{LAB}.ipynb": notebook(course, "ada"),
        f"ben/{LAB}/{LAB}.ipynb": notebook(course, "ben"),
        f"cem_{LAB}.ipynb": notebook(course, "cem"),
    }
    rows = take(course, laid_out(tmp_path / "in", files), "folder")
    assert {row.student: row.state for row in rows} == dict.fromkeys(("ada", "ben", "cem"), "taken")
    assert all(set(held(course, name)) == {f"{LAB}.ipynb"} for name in ("ada", "ben"))


def test_again_changes_nothing_and_nothing_is_overwritten(course, roster, tmp_path: Path) -> None:
    name = f"obrienzoe_101_{{}}_{LAB}.ipynb"
    first = download(tmp_path / "1.zip", {name.format(1): notebook(course, "first")})
    second = download(tmp_path / "2.zip", {name.format(2): notebook(course, "second")})
    assert states(take(course, first, "canvas", roster))[name.format(1)][1] == "taken"
    assert states(take(course, first, "canvas", roster))[name.format(1)][1] == "unchanged"
    rows = take(course, second, "canvas", roster)
    assert "kept in collected/" in remark(rows, name.format(2))
    assert held(course, "zobrien")[f"{LAB}.ipynb"] == notebook(course, "second")
    assert kept(course, "zobrien") == [notebook(course, "first")]
    # An old download once more does not bring the old try back.
    assert states(take(course, first, "canvas", roster))[name.format(1)][1] == "earlier"
    assert held(course, "zobrien")[f"{LAB}.ipynb"] == notebook(course, "second")


def test_what_is_no_notebook_is_taken_and_said(course: Course, roster, tmp_path: Path) -> None:
    files = {
        "obrienzoe_101_1_lab.py": "print()",
        "李小龙_102_2_lab.pdf": b"%PDF-1.7",
        f"kimmin_103_3_{LAB}.ipynb": b"",
        f"kimmin_104_4_{LAB}.html": "<html>",
    }
    rows = take(course, download(tmp_path / "s.zip", files), "canvas", roster)
    assert {row.state for row in rows if row.file} == {"taken"}
    assert "no notebook in it, but lab.py" in remark(rows, "obrienzoe_101_1_lab.py")
    assert "is empty" in remark(rows, f"kimmin_103_3_{LAB}.ipynb")


def test_another_lab_is_left_and_the_right_try_counts(course, roster, tmp_path: Path) -> None:
    other = nbformat.writes(another_lab(course))
    course = Course(course.root)
    files = {
        f"obrienzoe_101_1_{LAB}.ipynb": notebook(course, "right"),
        "obrienzoe_101_2_02_other.ipynb": other,
        f"kimmin_103_3_{LAB}.ipynb": other,
    }
    rows = take(course, download(tmp_path / "s.zip", files), "canvas", roster)
    assert states(rows)[f"obrienzoe_101_1_{LAB}.ipynb"] == ("zobrien", "taken")
    assert states(rows)["obrienzoe_101_2_02_other.ipynb"] == ("zobrien", "unclear")
    assert "is lab 02_other" in remark(rows, f"kimmin_103_3_{LAB}.ipynb")
    assert not held(course, "kim.1")


def test_zip_files_in_zip_files(course: Course, roster: Roster, tmp_path: Path) -> None:
    inner = zipped({f"work/{LAB}.ipynb": notebook(course, "deep"), "work/helper.py": "x = 1"})
    files = {"obrienzoe_101_1_work.zip": zipped({"all/inner.zip": inner, ".DS_Store": b"x"})}
    rows = take(course, download(tmp_path / "s.zip", files), "canvas", roster)
    assert rows[0].state == "taken"
    assert set(held(course, "zobrien")) == {f"{LAB}.ipynb", "helper.py"}


def bomb() -> bytes:
    return zipped({f"{n}.ipynb": bytes(60 * 2**20) for n in range(4)})


def nested(deep: int) -> bytes:
    return zipped({"x.zip": nested(deep - 1)} if deep > 1 else {"x.txt": "x"})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (bomb, "unpacks to more than 200 MB"),
        (lambda: zipped({"../../gradebook.db": "x"}), "leads out of the download"),
        (lambda: zipped({"C:\\x.ipynb": "x"}), "leads out of the download"),
        (lambda: zipped({"./.": "x"}), "it has no name"),
        (lambda: zipped({"name": "x"}).replace(b"name", b"\0ame"), "it has no name"),
        (lambda: nested(4), "zip files in zip files"),
        (lambda: zipped({"a.ipynb": "x"})[:-30], "not a whole zip file"),
        (lambda: zipped({f"{n}.txt": "x" for n in range(501)}), "500 files"),
        (lambda: zipped({"a": "x", "a/b.ipynb": "x"}), "a is a file and a folder in it"),
        (lambda: zipped({"a/" * 2500 + "b": "x", "c": "x"}), "too long"),
    ],
)
def test_zip_files_that_are_traps(course, roster, tmp_path: Path, content, says: str) -> None:
    files = {
        "obrienzoe_101_1_work.zip": content(),
        f"kimmin_103_3_{LAB}.ipynb": notebook(course, "kim"),
    }
    rows = take(course, download(tmp_path / "s.zip", files), "canvas", roster)
    assert says in remark(rows, "obrienzoe_101_1_work.zip")
    assert states(rows)[f"kimmin_103_3_{LAB}.ipynb"] == ("kim.1", "taken")
    assert not held(course, "zobrien")


def test_names_that_lead_out_of_the_download(course: Course, tmp_path: Path) -> None:
    files = {
        f"../../../etc/{LAB}.ipynb": notebook(course, "x"),
        f"/ada/{LAB}.ipynb": notebook(course, "y"),
        f"ben/{LAB}.ipynb": notebook(course, "z"),
    }
    rows = take(course, download(tmp_path / "s.zip", files), "folder")
    assert sorted(row.state for row in rows) == ["taken", "unclear", "unclear"]
    written = {path.name for path in course.submitted_dir.iterdir()}
    assert written == {"ben"} and not (tmp_path / "etc").exists()


@pytest.mark.parametrize("own", ["timestamp.txt", "Timestamp.TXT", "timeſtamp-1.txt"])
def test_a_student_does_not_say_when(course: Course, roster, tmp_path: Path, own: str) -> None:
    mine = {own: "2020-01-01 00:00:00 UTC", f"{LAB}.ipynb": notebook(course, "late")}
    files = {
        "obrienzoe_LATE_101_1_work.zip": zipped(mine),
        f"kimmin_LATE_103_3_{LAB}.ipynb": mine[f"{LAB}.ipynb"],
        f"kimmin_LATE_103_4_{own}": mine[own],
    }
    rows = take(course, download(tmp_path / "s.zip", files), "canvas", roster)
    assert set(held(course, "zobrien")) == set(held(course, "kim.1")) == {f"{LAB}.ipynb"}
    assert "left out" in remark(rows, "obrienzoe_LATE_101_1_work.zip")
    assert "left out" in remark(rows, f"kimmin_LATE_103_3_{LAB}.ipynb")
    take(course, laid_out(tmp_path / "in", {f"ada/{LAB}/{own}": b"2020-01-01"}), "folder")
    assert held(course, "ada") == {}


def test_the_lms_says_when_whatever_the_student_says(course: Course, tmp_path: Path) -> None:
    about = "submission_1:\n  :submitters:\n  - :name: Zoë\n  :created_at: 2027-02-05 22:14:07 Z\n"
    files = {
        "x/submission_metadata.yml": about,
        f"x/submission_1/{LAB}.ipynb": notebook(course),
        "x/submission_1/timestamp.txt": "2020-01-01 00:00:00 UTC",
    }
    take(course, download(tmp_path / "s.zip", files), "gradescope")
    assert held(course, "Zoë")["timestamp.txt"] == b"2027-02-05 22:14:07 UTC"


def test_a_dry_run_writes_nothing(course: Course, roster: Roster, tmp_path: Path) -> None:
    path = download(tmp_path / "s.zip", {f"obrienzoe_101_1_{LAB}.ipynb": notebook(course)})
    before = sorted(course.root.rglob("*"))
    dry = take(course, path, "canvas", roster, dry_run=True)
    assert sorted(course.root.rglob("*")) == before
    assert states(dry) == states(take(course, path, "canvas", roster))


def test_wrong_source_is_said(course: Course, tmp_path: Path) -> None:
    path = download(tmp_path / "s.zip", {f"ada/{LAB}.ipynb": notebook(course)})
    with pytest.raises(AutograderError, match="not named as canvas names downloads"):
        take(course, path, "canvas")
    with pytest.raises(AutograderError, match=r"no submission_metadata\.yml"):
        take(course, path, "gradescope")
    with pytest.raises(AutograderError, match="neither a folder nor a whole zip file"):
        broken = tmp_path / "broken.zip"
        broken.write_bytes(path.read_bytes()[:50])
        take(course, broken, "folder")


def test_a_folder_that_can_not_be_written(course: Course, roster, tmp_path: Path) -> None:
    path = download(tmp_path / "s.zip", {f"obrienzoe_101_1_{LAB}.ipynb": notebook(course)})
    course.submitted_dir.write_text("a file where the folder should be")
    with pytest.raises(AutograderError, match="can't write"):
        take(course, path, "canvas", roster)
