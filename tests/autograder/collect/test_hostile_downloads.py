"""Zip bombs, names that lead out, and files that pretend to be the LMS's."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.course.roster import Roster
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
