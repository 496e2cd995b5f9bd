"""The last of several attempts counts, and no attempt is ever lost."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from autograder.course.collected import CollectedRow
from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from tests.autograder.collect.collect_lab import (
    collect_lab,
    find_remark,
    kept_notebooks,
    states,
    write_files,
)
from tests.autograder.downloads import download, notebook_bytes, submitted_files
from tests.autograder.tiny_course import LAB


def current_notebook(course: Course, student: str) -> bytes:
    """The notebook that would be graded."""
    return submitted_files(course, student)[f"{LAB}.ipynb"]


@pytest.mark.parametrize(
    ("source", "student", "names"),
    [
        ("canvas", "zoe-11", (f"zoe_11_101_{LAB}.ipynb", f"zoe_11_102_{LAB}-1.ipynb")),
        ("folder", "ada", (f"ada/{LAB}.ipynb", f"ada/{LAB} (1).ipynb")),
    ],
)
def test_two_equal_copies(course, tmp_path: Path, source, student, names) -> None:
    path = download(tmp_path / "s.zip", dict.fromkeys(names, notebook_bytes(course, "once")))
    dry = states(collect_lab(course, path, source, dry_run=True))
    assert states(collect_lab(course, path, source)) == dry
    assert dry == {names[0]: (student, "earlier"), names[1]: (student, "taken")}
    assert current_notebook(course, student) == notebook_bytes(course, "once")
    assert states(collect_lab(course, path, source))[names[1]] == (student, "unchanged")


def test_back_to_an_older_version(course: Course, tmp_path: Path) -> None:
    """Canvas' numbers say that it is the last one, although it equals the first."""
    rounds = {101: "solution", 201: "stub", 301: "solution"}
    for number, say in rounds.items():
        files = {f"zoe_11_{number}_{LAB}.ipynb": notebook_bytes(course, say)}
        rows = collect_lab(course, download(tmp_path / f"{number}.zip", files), "canvas")
        assert rows[0].state == "taken"
    assert current_notebook(course, "zoe-11") == notebook_bytes(course, "solution")
    for number, state in ((101, "unchanged"), (201, "earlier")):
        rows = collect_lab(course, tmp_path / f"{number}.zip", "canvas")
        assert rows[0].state == state
    assert current_notebook(course, "zoe-11") == notebook_bytes(course, "solution")


def submit_on_day(course: Course, path: Path, say: str, day: int) -> CollectedRow:
    """Collect a Moodle download whose worksheet says that it was submitted on that day."""
    when = datetime(2027, 2, day)
    person = Person("ada", "Ada", frozenset({"ada"}), {"participant": "7"}, submitted=when)
    files = {f"Ada_7_assignsubmission_file_/{LAB}.ipynb": notebook_bytes(course, say)}
    return collect_lab(course, download(path, files), "moodle", Roster([person]))[0]


def test_back_to_an_older_version_by_time(course: Course, tmp_path: Path) -> None:
    for day, say in enumerate(("solution", "stub", "solution"), 1):
        assert submit_on_day(course, tmp_path / "m.zip", say, day).state == "taken"
    for day, say in ((1, "solution"), (2, "stub")):
        assert submit_on_day(course, tmp_path / "m.zip", say, day).state == "earlier"
    # The new worksheet beside an old download.
    assert submit_on_day(course, tmp_path / "m.zip", "stub", 3).state == "earlier"
    assert current_notebook(course, "ada") == notebook_bytes(course, "solution")


def test_back_to_an_older_version_without_times_or_numbers(course: Course, tmp_path: Path) -> None:
    for say in ("solution", "stub", "solution"):
        files = {f"ada/{LAB}.ipynb": notebook_bytes(course, say)}
        rows = collect_lab(course, download(tmp_path / "s.zip", files), "folder")
        assert rows[0].state == "taken"
    assert current_notebook(course, "ada") == notebook_bytes(course, "solution")
    assert notebook_bytes(course, "stub") in kept_notebooks(course, "ada")
    assert "it equals an earlier attempt" in rows[0].remark


def test_a_submission_that_was_deleted_is_taken_again(course: Course, tmp_path: Path) -> None:
    for number in (1, 2):
        files = {f"zoe_11_{number}_{LAB}.ipynb": notebook_bytes(course, str(number))}
        collect_lab(course, download(tmp_path / f"{number}.zip", files), "canvas")
    (course.submitted_dir / "zoe-11" / LAB).rename(tmp_path / "gone")
    assert collect_lab(course, tmp_path / "1.zip", "canvas")[0].state == "taken"


def test_every_kept_attempt_stays(course: Course, tmp_path: Path) -> None:
    first, second, third, fourth = (notebook_bytes(course, str(n)) for n in range(4))
    names = (f"ada/{LAB}.ipynb", f"ada/{LAB}-1.ipynb")
    one = write_files(tmp_path / "1", dict(zip(names, (first, second), strict=True)))
    other = write_files(tmp_path / "2", dict(zip(names, (third, fourth), strict=True)))
    for download_ in (one, one, other, other):
        collect_lab(course, download_, "folder")
    assert current_notebook(course, "ada") == fourth
    assert kept_notebooks(course, "ada") == sorted((first, second, third))


def test_a_time_written_by_hand_stays(course: Course, tmp_path: Path) -> None:
    """Canvas doesn't say how late; the instructor does, and collects the same download again."""
    path = download(tmp_path / "s.zip", {f"zoe_LATE_11_1_{LAB}.ipynb": notebook_bytes(course)})
    collect_lab(course, path, "canvas")
    time = course.submitted_dir / "zoe-11" / LAB / "timestamp.txt"
    time.write_text("2027-02-07 10:00:00 UTC")
    assert collect_lab(course, path, "canvas")[0].state == "unchanged"
    assert time.read_text() == "2027-02-07 10:00:00 UTC"
    newer = {f"zoe_LATE_11_2_{LAB}.ipynb": notebook_bytes(course, "newer")}
    assert collect_lab(course, download(tmp_path / "2.zip", newer), "canvas")[0].state == "taken"
    assert not time.exists()
    assert collect_lab(course, path, "canvas")[0].state == "earlier"
    assert "stays" in find_remark(collect_lab(course, path, "canvas"), f"zoe_LATE_11_1_{LAB}.ipynb")
