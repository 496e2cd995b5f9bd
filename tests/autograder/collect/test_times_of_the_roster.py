"""Times of a class list: read in any language, and asked about where they are not certain."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.course import Course
from autograder.course.read_times import DateOrder
from autograder.errors import AutograderError
from autograder.lms.read_roster import read_roster
from tests.autograder.collect.collect_lab import collect_lab, find_remark
from tests.autograder.downloads import download, notebook_bytes, submitted_files
from tests.autograder.tiny_course import LAB

FILE = f"Ana Beispiel_4711_assignsubmission_file_/{LAB}.ipynb"


def prepare(course: Course, tmp_path: Path, time: str) -> tuple[Path, Path]:
    path = tmp_path / "list.csv"
    path.write_text(f'id;name;submitted\nana;Ana Beispiel;"{time}"\n', "utf-8")
    return path, download(tmp_path / "s.zip", {FILE: notebook_bytes(course)})


@pytest.mark.parametrize(
    ("time", "order", "written"),
    [
        ("jueves, 4 de febrero de 2027, 23:59", None, b"2027-02-04 23:59:00 UTC"),
        ("13/02/2027 23:59", None, b"2027-02-13 23:59:00 UTC"),
        ("04/02/2027 23:59", DateOrder.DAY_FIRST, b"2027-02-04 23:59:00 UTC"),
        ("04/02/2027 23:59", DateOrder.MONTH_FIRST, b"2027-04-02 23:59:00 UTC"),
    ],
)
def test_a_time_is_read(
    course: Course, tmp_path: Path, time: str, order: DateOrder | None, written: bytes
) -> None:
    roster, zipped = prepare(course, tmp_path, time)
    collect_lab(course, zipped, "moodle", read_roster(roster, order))
    assert submitted_files(course, "ana")["timestamp.txt"] == written


def test_an_uncertain_time_is_asked_about(course: Course, tmp_path: Path) -> None:
    roster, zipped = prepare(course, tmp_path, "04/02/2027 23:59")
    with pytest.raises(AutograderError, match="two ways: '04/02/2027 23:59'") as caught:
        collect_lab(course, zipped, "moodle", read_roster(roster))
    assert "--dates day-first" in caught.value.hint
    assert not (course.submitted_dir / "ana").exists()
    arguments = ["collect", "01", str(zipped), "--from", "moodle", "--roster", str(roster)]
    place = ["--course-dir", str(course.root)]
    done = CliRunner().invoke(app, [*arguments, *place, "--dates", "day-first"])
    assert done.exit_code == 0, done.output


def test_an_unreadable_time_is_remarked(course: Course, tmp_path: Path) -> None:
    roster, zipped = prepare(course, tmp_path, "4 pluviôse 2027, 23:59")
    rows = collect_lab(course, zipped, "moodle", read_roster(roster))
    assert "its time can't be read" in find_remark(rows, FILE)
    assert "timestamp.txt" not in submitted_files(course, "ana")


def test_a_dry_run_speaks_of_what_would_be(course: Course, tmp_path: Path) -> None:
    roster, zipped = prepare(course, tmp_path, "2027-02-04 23:59")
    arguments = ["collect", "01", str(zipped), "--from", "moodle", "--roster", str(roster)]
    arguments += ["--course-dir", str(course.root)]
    dry = CliRunner().invoke(app, [*arguments, "--dry-run"], env={"COLUMNS": "200"})
    assert "would be taken" in dry.output and "would be copied to submitted/" in dry.output
    assert "now in submitted/" not in dry.output
    wet = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert "now in submitted/" in wet.output and "would" not in wet.output
