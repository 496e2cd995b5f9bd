"""Feedback pages with the names that an LMS reads."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.collect import collect
from autograder.course.course import Course
from tests.autograder.downloads import download, notebook_bytes
from tests.autograder.graded_class import lay_down
from tests.autograder.tiny_course import LAB, solved

CANVAS = {
    f"obrienzoë_LATE_101_9001_{LAB}-1.ipynb": "obrienzoë-101",
    "kim_103_9003_my_work_2.ipynb": "kim-103",
}
MOODLE = {
    f"DL-Lab-77/Zoë O'Brien_11_assignsubmission_file_/{LAB}.ipynb": "Zoë O'Brien",
    f"李 小龙_12_assignsubmission_file_{LAB}.ipynb": "李 小龙",
}


def pack_class(course: Course, tmp_path: Path, names: dict[str, str], target: str, code: int = 0):
    """Collect, grade and pack a class; returns the names in the zip file, and the result."""
    files = {name: notebook_bytes(course, name) for name in names}
    collect(course, course.lab(LAB), download(tmp_path / "s.zip", files), target)
    for student in names.values():
        lay_down(course, student, solved(course))
    command = ["feedback", "01", "--to", target, "--course-dir", str(course.root)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == code, done.output
    with zipfile.ZipFile(course.exports_dir / f"{LAB}-feedback-{target}.zip") as archive:
        assert all(b"<!DOCTYPE html>" in archive.read(name)[:200] for name in archive.namelist())
        return archive.namelist(), done


def test_canvas_finds_the_user_and_the_file(course: Course, tmp_path: Path) -> None:
    names, _ = pack_class(course, tmp_path, CANVAS, "canvas")
    # canvas-lms, infer_comment_context_from_filename
    numbers = {tuple([p for p in n.split("_") if re.fullmatch(r"\d+", p)][:2]) for n in names}
    assert numbers == {("101", "9001"), ("103", "9003")}
    assert all(name.endswith(f"_{LAB}.html") for name in names)


def test_moodle_finds_the_participant(course: Course, tmp_path: Path) -> None:
    names, _ = pack_class(course, tmp_path, MOODLE, "moodle")
    # mod/assign/feedback/file/importziplib.php, is_valid_filename_for_import
    found = {}
    for name in names:
        who, participant, kind, plugin, rest = name.split("/")[0].split("_", 4)
        assert (kind, plugin, rest) == ("assignfeedback", "file", "")
        found[int(participant)] = (who, name.split("/")[1])
    assert found == {11: ("Zoë O'Brien", f"{LAB}.html"), 12: ("李 小龙", f"{LAB}.html")}


def test_students_not_collected_from_there_are_listed(course: Course, tmp_path: Path) -> None:
    lay_down(course, "by mail", solved(course))
    names, done = pack_class(course, tmp_path, MOODLE, "moodle", code=1)
    assert len(names) == 2 and "by mail" in done.output


@pytest.mark.parametrize("student", ["ada", "O'Brien, Zoë"])
def test_folder(course: Course, tmp_path: Path, student: str) -> None:
    (tmp_path / "class" / student).mkdir(parents=True)
    (tmp_path / "class" / student / f"{LAB}.ipynb").write_bytes(notebook_bytes(course))
    collect(course, course.lab(LAB), tmp_path / "class", "folder")
    lay_down(course, student, solved(course))
    command = ["feedback", "01", "--to", "folder", "--course-dir", str(course.root)]
    assert CliRunner().invoke(app, command).exit_code == 0
    with zipfile.ZipFile(course.exports_dir / f"{LAB}-feedback-folder.zip") as archive:
        assert archive.namelist() == [f"{student}/{LAB}.html"]
