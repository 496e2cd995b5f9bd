"""Zip bombs, names that lead out, and files that pretend to be the LMS's."""

from __future__ import annotations

import csv
import warnings
import zipfile
from pathlib import Path

import pytest

from autograder.course.collected import read_record
from autograder.course.course import Course
from autograder.course.roster import Roster
from autograder.errors import AutograderError
from autograder.files import is_safe_name
from tests.autograder.collect.collect_lab import (
    collect_lab,
    find_remark,
    states,
    write_files,
)
from tests.autograder.downloads import (
    download,
    notebook_bytes,
    submitted_files,
    zip_files,
)
from tests.autograder.tiny_course import LAB


def test_zip_files_in_zip_files(course: Course, roster: Roster, tmp_path: Path) -> None:
    inner = zip_files(
        {f"work/{LAB}.ipynb": notebook_bytes(course, "deep"), "work/helper.py": "x = 1"}
    )
    files = {"obrienzoe_101_1_work.zip": zip_files({"all/inner.zip": inner, ".DS_Store": b"x"})}
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "canvas", roster)
    assert rows[0].state == "taken"
    assert set(submitted_files(course, "zobrien")) == {f"{LAB}.ipynb", "helper.py"}


def bomb() -> bytes:
    return zip_files({f"{n}.ipynb": bytes(60 * 2**20) for n in range(4)})


def nested(deep: int) -> bytes:
    return zip_files({"x.zip": nested(deep - 1)} if deep > 1 else {"x.txt": "x"})


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (bomb, "unpacks to more than 200 MB"),
        (lambda: zip_files({"../../gradebook.db": "x"}), "leads out of the download"),
        (lambda: zip_files({"C:\\x.ipynb": "x"}), "leads out of the download"),
        (lambda: zip_files({"./.": "x"}), "it has no name"),
        (lambda: zip_files({"name": "x"}).replace(b"name", b"\0ame"), "it has no name"),
        (lambda: nested(4), "zip files in zip files"),
        (lambda: zip_files({"a.ipynb": "x"})[:-30], "not a whole zip file"),
        (lambda: zip_files({f"{n}.txt": "x" for n in range(501)}), "500 files"),
        (lambda: zip_files({"a": "x", "a/b.ipynb": "x"}), "a is a file and a folder in it"),
        (lambda: zip_files({"a/" * 2500 + "b": "x", "c": "x"}), "too long"),
    ],
)
def test_malicious_zip_files(course, roster, tmp_path: Path, content, error: str) -> None:
    files = {
        "obrienzoe_101_1_work.zip": content(),
        f"kimmin_103_3_{LAB}.ipynb": notebook_bytes(course, "kim"),
    }
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "canvas", roster)
    assert error in find_remark(rows, "obrienzoe_101_1_work.zip")
    assert states(rows)[f"kimmin_103_3_{LAB}.ipynb"] == ("kim.1", "taken")
    assert not submitted_files(course, "zobrien")


def test_names_that_lead_out_of_the_download(course: Course, tmp_path: Path) -> None:
    files = {
        f"../../../etc/{LAB}.ipynb": notebook_bytes(course, "x"),
        f"/ada/{LAB}.ipynb": notebook_bytes(course, "y"),
        f"ben/{LAB}.ipynb": notebook_bytes(course, "z"),
    }
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "folder")
    assert sorted(row.state for row in rows) == ["taken", "unclear", "unclear"]
    written = {path.name for path in course.submitted_dir.iterdir()}
    assert written == {"ben"} and not (tmp_path / "etc").exists()


@pytest.mark.parametrize("own", ["timestamp.txt", "Timestamp.TXT", "timeſtamp-1.txt"])
def test_a_students_own_timestamp_is_left_out(
    course: Course, roster, tmp_path: Path, own: str
) -> None:
    mine = {own: "2020-01-01 00:00:00 UTC", f"{LAB}.ipynb": notebook_bytes(course, "late")}
    files = {
        "obrienzoe_LATE_101_1_work.zip": zip_files(mine),
        f"kimmin_LATE_103_3_{LAB}.ipynb": mine[f"{LAB}.ipynb"],
        f"kimmin_LATE_103_4_{own}": mine[own],
    }
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "canvas", roster)
    assert (
        set(submitted_files(course, "zobrien"))
        == set(submitted_files(course, "kim.1"))
        == {f"{LAB}.ipynb"}
    )
    assert "left out" in find_remark(rows, "obrienzoe_LATE_101_1_work.zip")
    assert "left out" in find_remark(rows, f"kimmin_LATE_103_3_{LAB}.ipynb")
    collect_lab(course, write_files(tmp_path / "in", {f"ada/{LAB}/{own}": b"2020-01-01"}), "folder")
    assert submitted_files(course, "ada") == {}


def test_the_time_of_the_lms_wins_over_the_students(course: Course, tmp_path: Path) -> None:
    about = "submission_1:\n  :submitters:\n  - :name: Zoë\n  :created_at: 2027-02-05 22:14:07 Z\n"
    files = {
        "x/submission_metadata.yml": about,
        f"x/submission_1/{LAB}.ipynb": notebook_bytes(course),
        "x/submission_1/timestamp.txt": "2020-01-01 00:00:00 UTC",
    }
    collect_lab(course, download(tmp_path / "s.zip", files), "gradescope")
    assert submitted_files(course, "Zoë")["timestamp.txt"] == b"2027-02-05 22:14:07 UTC"


def entry(name: str, time: str = "2027-02-05 22:14:07 Z") -> str:
    return f"  :submitters:\n  - :name: {name}\n  :created_at: {time}\n"


@pytest.mark.parametrize("top", ["", "assignment_1_export/", "Downloads/assignment_1_export/"])
def test_only_gradescopes_own_metadata_counts(course: Course, tmp_path: Path, top: str) -> None:
    # The student's file sorts before Gradescope's own and would swap two students' work.
    swapped = f"submission_1:\n{entry('Ben')}submission_2:\n{entry('Ada')}"
    right = f"submission_1:\n{entry('Ada')}submission_2:\n{entry('Ben')}"
    files = {
        f"{top}submission_metadata.yml": right,
        f"{top}submission_1/submission_metadata.yml": swapped,
        f"{top}submission_1/submission_2/{LAB}.ipynb": notebook_bytes(course, "Ada"),
        f"{top}submission_2/{LAB}.ipynb": notebook_bytes(course, "Ben"),
    }
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "gradescope")
    assert {row.state for row in rows} == {"taken", "part"}
    for student in ("Ada", "Ben"):
        assert f"I am {student}".encode() in submitted_files(course, student)[f"{LAB}.ipynb"]
    assert submitted_files(course, "Ada")["submission_metadata.yml"] == swapped.encode()


@pytest.mark.parametrize("others", [{}, {"submission_2/x.py": "x"}])
def test_a_students_metadata_is_never_gradescopes(course, tmp_path: Path, others) -> None:
    files = {
        "submission_1/submission_metadata.yml": f"x.ipynb:\n{entry('Ben')}",
        "submission_1/x.ipynb": notebook_bytes(course, "Ada"),
        **others,
    }
    with pytest.raises(AutograderError, match="no submission_metadata.yml at the top"):
        collect_lab(course, download(tmp_path / "s.zip", files), "gradescope")


def test_two_metadata_files_are_refused(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for student in ("Ada", "Ben"):
            archive.writestr("x/submission_metadata.yml", f"submission_1:\n{entry(student)}")
        archive.writestr(f"x/submission_1/{LAB}.ipynb", notebook_bytes(course))
    with pytest.raises(AutograderError, match="several files submission_metadata.yml"):
        collect_lab(course, path, "gradescope")


BLACKBOARD = "gradebook_CS_Lab 1_{}_attempt_2027-02-05-23-59-00_{}"
# By LMS: how it names Ada's folder or file, and what a student may name so inside.
NAMED = {
    "canvas": ("ada_101_1_{}", "ben_102_2_{}"),
    "moodle": ("Ada_1_assignsubmission_file_/{}", "Ben_2_assignsubmission_file_/{}"),
    "brightspace": (
        "1-9 - Ada - Feb 5, 2027 1159 PM/{}",
        "2-9 - Ben - Feb 6, 2027 1159 PM/{}",
    ),
    "blackboard": (BLACKBOARD.format("ada", "{}"), BLACKBOARD.format("ben", "{}")),
    "gradescope": ("submission_1/{}", "submission_2/{}"),
    "folder": ("ada/{}", "ben/{}"),
}


@pytest.mark.parametrize("outer", ["", "export/"])
@pytest.mark.parametrize("lms", NAMED)
def test_a_students_own_names_say_nothing(course, tmp_path: Path, lms: str, outer: str) -> None:
    # Each file lies in a folder of the student's own that is named as the LMS names Ben's.
    ada, ben = NAMED[lms]
    inner = [f"x/{ben}", f"{ben}/y.ipynb", f"z/{ben}/{ben}"]
    files = {f"{outer}{ada}".format(f"{LAB}.ipynb"): notebook_bytes(course, "Ada")}
    for number, name in enumerate(inner):
        # Where the LMS makes no folders, a person may have unpacked a student's zip file.
        path = f"{ada.partition('/')[0].replace('{}', 'work')}/{name}"
        path = f"{outer}{path}".replace("{}", f"{number}.ipynb")
        files[path] = notebook_bytes(course, "not Ben")
    if lms == "gradescope":
        about = f"submission_1:\n{entry('Ada')}submission_2:\n{entry('Ben')}"
        files[f"{outer}submission_metadata.yml"] = about
    files[f"{outer}{ben}".format(f"{LAB}.ipynb")] = notebook_bytes(course, "Ben")
    collect_lab(course, download(tmp_path / "s.zip", files), lms)
    owners = {folder.name.partition("-")[0].lower() for folder in course.submitted_dir.iterdir()}
    assert owners == {"ada", "ben"}
    (bens,) = (f.name for f in course.submitted_dir.iterdir() if f.name.lower().startswith("ben"))
    assert not any(b"not Ben" in content for content in submitted_files(course, bens).values())


@pytest.mark.parametrize("lms", ["moodle", "brightspace"])
def test_an_unreadable_name_of_the_lms_says_nothing(course, tmp_path: Path, lms: str) -> None:
    ada, ben = NAMED[lms]
    unreadable = ada.replace("Ada", "A_d_a") if lms == "moodle" else ada.replace(" - F", " F")
    path = f"{unreadable}/{ben}".replace("{}", f"{LAB}.ipynb")
    files = {path: notebook_bytes(course, "not Ben")}
    files[unreadable.format("y.ipynb")] = notebook_bytes(course, "Ada")
    with pytest.raises(AutograderError, match="is not named like a download"):
        collect_lab(course, download(tmp_path / "s.zip", files), lms)


def test_names_that_no_system_should_meet(course: Course, tmp_path: Path) -> None:
    names = ("con", "NUL.txt", "a\u202ebc", "x\x1b[2Jy", "..", "-rf", "=1+1", "C:\\x", "\\\\h\\s")
    about = "".join(f"submission_{n}:\n{entry(repr(name))}" for n, name in enumerate(names))
    files = {
        f"x/submission_{n}/{LAB}.ipynb": notebook_bytes(course, str(n)) for n in range(len(names))
    }
    files["x/submission_metadata.yml"] = about
    collect_lab(course, download(tmp_path / "s.zip", files), "gradescope")
    made = sorted(folder.name for folder in course.submitted_dir.iterdir())
    assert len(made) == len(names) and all(is_safe_name(name) for name in made)
    record = (course.collected_dir / f"{LAB}.csv").read_text("utf-8")
    assert "\x1b" not in record and "\u202e" not in record
    assert not [
        cell
        for row in csv.reader(record.splitlines())
        for cell in row
        if cell[:1] in "=+-@" and cell
    ]


def test_a_record_with_long_names_can_be_read_again(course, roster, tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {f"timestamp.txt/{n}{'x' * 140}": "" for n in range(450)}
    files[f"{LAB}.ipynb"] = notebook_bytes(course, "long")
    path = download(tmp_path / "s.zip", {"obrienzoe_101_1_work.zip": zip_files(files)})
    for state in ("taken", "unchanged"):
        rows = collect_lab(course, path, "canvas", roster)
        assert rows[0].state == state and len(rows[0].remark) < 3_000
    assert [row.state for row in read_record(course, course.lab(LAB)) if row.file] == ["unchanged"]


def test_zip_files_in_a_zip_file_count_in_all(course, roster, tmp_path: Path) -> None:
    # Each inner zip file is 60 MB of a comment that no reader needs.
    inner = zip_files({"x.txt": "x"})
    padded = b"PK\x03\x04" + bytes(60 * 2**20) + inner
    files = {"obrienzoe_101_1_work.zip": zip_files({f"{n}.zip": padded for n in range(5)})}
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "canvas", roster)
    assert "unpacks to more than 200 MB" in find_remark(rows, "obrienzoe_101_1_work.zip")
