"""The record in collected/LAB.csv, also with odd file names."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.collected import CollectedRow, read_record, record_path, write_record
from autograder.course.course import Course
from tests.autograder.collect.collect_lab import collect_lab, write_files
from tests.autograder.downloads import notebook_bytes
from tests.autograder.tiny_course import LAB


@pytest.mark.parametrize("name", ["=1+1", "-rf", "+1", "@a", "'=1+1", "'quoted", "plain"])
def test_names_are_not_formulas_and_are_read_back(course: Course, name: str) -> None:
    lab = course.lab(LAB)
    rows = [CollectedRow("ada", name, f"{name}.ipynb", "taken", remark=name)]
    write_record(course, lab, rows)
    assert read_record(course, lab) == rows
    cells = record_path(course, lab).read_text().splitlines()[1].split(",")
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_control_characters_in_names(course: Course, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "in", {f"ada/\x1b[31m{LAB}.ipynb": notebook_bytes(course)})
    (row,) = (row for row in collect_lab(course, folder, "folder") if row.file)
    assert row.file == f"ada/?[31m{LAB}.ipynb" and row.student == "ada"
