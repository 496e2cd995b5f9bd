"""Names that Canvas writes: named, anonymous, late, text and links."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from autograder.course.course import Course
from autograder.lms.canvas import Canvas
from autograder.lms.download import DownloadedFile
from autograder.lms.read_roster import read_roster
from tests.autograder.collect.collect_lab import collect_lab, find_remark, states
from tests.autograder.downloads import download, notebook_bytes
from tests.autograder.tiny_course import LAB


@pytest.mark.parametrize(
    ("name", "student", "own", "number", "late"),
    [
        ("anon_aB3dE_67890_01_neuron.ipynb", "anon-aB3dE", "01_neuron.ipynb", 67890, False),
        ("LATE_anon_aB3dE_67890_01_neuron.ipynb", "anon-aB3dE", "01_neuron.ipynb", 67890, True),
        ("anon_12345_67890_01_neuron.ipynb", "anon-12345", "01_neuron.ipynb", 67890, False),
        ("anon_aB3dE_67890_2027_01_x.ipynb", "anon-aB3dE", "2027_01_x.ipynb", 67890, False),
        ("anon_aB3dE_text.html", "anon-aB3dE", "text.html", 0, False),
        ("LATE_anon_aB3dE_link.html", "anon-aB3dE", "link.html", 0, True),
        ("obrienzoe_101_text.html", "obrienzoe-101", "text.html", 0, False),
        ("obrienzoe_LATE_101_link.html", "obrienzoe-101", "link.html", 0, True),
        ("obrienzoe_101_text-1.html", "obrienzoe-101", "text-1.html", 0, False),
        ("obrienzoe_101_5_text.html", "obrienzoe-101", "text.html", 5, False),
        ("obrienzoe_101_5_01_neuron.ipynb", "obrienzoe-101", "01_neuron.ipynb", 5, False),
        ("obrien_zoe_LATE_101_5_lab.ipynb", "obrien_zoe-101", "lab.ipynb", 5, True),
        ("anonymouse_101_5_lab.ipynb", "anonymouse-101", "lab.ipynb", 5, False),
    ],
)
def test_names(name: str, student: str, own: str, number: int, late: bool) -> None:
    file = Canvas().read_name(DownloadedFile.recorded(name))
    assert file is not None
    assert (file.student, file.path, file.number, file.late) == (
        student,
        PurePosixPath(own),
        number,
        late,
    )


@pytest.mark.parametrize("name", ["lab.ipynb", "ana_lab.ipynb", "text.html", "anon_lab.ipynb"])
def test_names_that_are_not_canvas(name: str) -> None:
    assert Canvas().read_name(DownloadedFile.recorded(name)) is None


def test_feedback_goes_back_under_the_anonymous_name() -> None:
    file = Canvas().read_name(DownloadedFile.recorded("anon_aB3dE_67890_01_neuron.ipynb"))
    assert Canvas().feedback_name("anon-aB3dE", file, "page.html") == "anon_aB3dE_67890_page.html"
    typed = Canvas().read_name(DownloadedFile.recorded("obrienzoe_101_text.html"))
    assert Canvas().feedback_name("zoe", typed, "page.html") is None


def test_typed_submissions_are_recognised(course: Course, tmp_path: Path) -> None:
    files = {
        "obrienzoe_101_link.html": "<html>",
        "kimmin_103_text.html": "<html>",
        f"li_102_9_{LAB}.ipynb": notebook_bytes(course),
    }
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "canvas")
    assert states(rows)["obrienzoe_101_link.html"] == ("obrienzoe-101", "taken")
    assert "no notebook in it, but link.html" in find_remark(rows, "obrienzoe_101_link.html")
    assert "no notebook in it, but text.html" in find_remark(rows, "kimmin_103_text.html")


def test_an_anonymous_download(course: Course, tmp_path: Path) -> None:
    files = {f"anon_{id}_{n}_{LAB}.ipynb": notebook_bytes(course, id) for n, id in
             ((1, "aB3dE"), (2, "Xy9zQ"))}  # fmt: skip
    path = download(tmp_path / "s.zip", files)
    rows = collect_lab(course, path, "canvas")
    assert {(row.student, row.state) for row in rows} == {
        ("anon-aB3dE", "taken"),
        ("anon-Xy9zQ", "taken"),
    }
    assert (course.submitted_dir / "anon-aB3dE" / LAB / f"{LAB}.ipynb").is_file()
    (tmp_path / "list.csv").write_text("id,name\nzoe,Zoe\n")
    named = collect_lab(course, path, "canvas", read_roster(tmp_path / "list.csv"))
    assert "anonymous" in find_remark(named, f"anon_aB3dE_1_{LAB}.ipynb")
