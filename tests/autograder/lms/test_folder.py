"""Folders as people and programs pack them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.lms.download import DownloadedFile
from autograder.lms.folder import Folder
from tests.autograder.collect.collect_lab import collect_lab, find_remark, states, write_files
from tests.autograder.downloads import download, notebook_bytes, submitted_files
from tests.autograder.tiny_course import LAB


@pytest.mark.parametrize(
    ("names", "students"),
    [
        # A file for each student, also in the folder that "Compress" adds.
        ((f"ada_{LAB}.ipynb", f"{LAB}-bob.ipynb"), "ada bob"),
        ((f"lab1/ada_{LAB}.ipynb", f"lab1/{LAB}-bob.ipynb", "lab1/cy.ipynb"), "ada bob cy"),
        ((f"lab1/ada_{LAB}.ipynb", f"lab1/ada_{LAB} (1).ipynb", "lab1/bob.ipynb"), "ada ada bob"),
        (("lab1/ada.zip", "lab1/bob.zip"), "ada bob"),
        # A folder for each student.
        ((f"ada/{LAB}.ipynb", f"bob/{LAB}/{LAB}.ipynb", "cy/Untitled.ipynb"), "ada bob cy"),
        ((f"lab1/ada/{LAB}.ipynb", f"lab1/bob/{LAB}.ipynb"), "ada bob"),
        ((f"lab1/ada/{LAB}.ipynb", f"lab1/cy_{LAB}.ipynb"), "ada cy"),
        ((f"lab1/ada/{LAB}.ipynb", f"lab1/bob/{LAB}.ipynb", "lab1/readme.txt"), "ada bob readme"),
        ((f"lab1/ada/{LAB}.ipynb", f"lab1/bob/{LAB}.ipynb", "readme.txt"), "ada bob readme"),
        ((f"lab1/ada/{LAB}.ipynb",), "ada"),
        # Only one student in the download.
        ((f"ada/{LAB}.ipynb",), "ada"),
        ((f"ada/{LAB}.ipynb", f"ada/{LAB} (1).ipynb"), "ada ada"),
        ((f"ada/{LAB}-1.ipynb", f"ada/{LAB}-2.ipynb"), "ada ada"),
        ((f"ada/ada_{LAB}.ipynb", f"ada/ada_{LAB} (1).ipynb"), "ada ada"),
        ((f"ada/{LAB}.ipynb", "ada/trying.ipynb", "ada/data/x.csv"), "ada ada ada"),
        (("ada/part.ipynb", "ada/other.ipynb"), "ada ada"),  # the lab has two notebooks
        ((f"ada/{LAB}/{LAB}.ipynb", f"ada/{LAB}/more.ipynb"), "ada ada"),
        ((f"ada/work/{LAB}.ipynb", "ada/notes.txt"), "ada ada"),
    ],
)
def test_who_is_a_student(names: tuple[str, ...], students: str) -> None:
    files = [DownloadedFile(Path(name), "", open) for name in names]
    known = {f"{LAB}.ipynb", "part.ipynb", "other.ipynb"}
    assert [one.student for one in Folder().read_download(files, LAB, known)] == students.split()


def test_a_folder_around_a_class_is_not_a_student(course: Course, tmp_path: Path) -> None:
    files = {f"lab1/{who}_{LAB}.ipynb": notebook_bytes(course, who) for who in ("ada", "bob", "cy")}
    collect_lab(course, download(tmp_path / "lab1.zip", files), "folder")
    for who in ("ada", "bob", "cy"):
        assert submitted_files(course, who) == {f"{who}_{LAB}.ipynb": notebook_bytes(course, who)}


def test_names_that_become_the_same_folder(course: Course, tmp_path: Path) -> None:
    files = {f"{who}/{LAB}.ipynb": notebook_bytes(course, who) for who in ("Bob", "Bob .", "Cy")}
    rows = collect_lab(course, download(tmp_path / "s.zip", files), "folder")
    assert states(rows) == {
        f"Bob/{LAB}.ipynb": ("", "unclear"),
        f"Bob ./{LAB}.ipynb": ("", "unclear"),
        f"Cy/{LAB}.ipynb": ("Cy", "taken"),
    }


@pytest.mark.skipif(sys.platform != "linux", reason="other systems don't accept such a name")
def test_a_name_that_is_not_utf_8(course: Course, tmp_path: Path) -> None:
    path = write_files(tmp_path / "in", {f"ada/{LAB}.ipynb": notebook_bytes(course)})
    os.mkdir(os.fsencode(path) + b"/caf\xe9")
    (path / os.fsdecode(b"caf\xe9") / f"{LAB}.ipynb").write_bytes(notebook_bytes(course, "café"))
    rows = collect_lab(course, path, "folder")
    assert states(rows)[f"ada/{LAB}.ipynb"] == ("ada", "taken")
    assert states(rows)[f"caf?/{LAB}.ipynb"][1] == "unclear"
    assert "rename it" in find_remark(rows, f"caf?/{LAB}.ipynb")
    assert [made.name for made in course.submitted_dir.iterdir()] == ["ada"]
