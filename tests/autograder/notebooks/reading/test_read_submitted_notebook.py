"""A submitted notebook is found and read, or an error says why not."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from tests.autograder.tiny_course import LAB, solved, stub, submit


def sources(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


@pytest.fixture
def perfect(course: Course) -> NotebookNode:
    return solved(course)


@pytest.mark.parametrize("name", [f"{LAB} (1).ipynb", f"Copy of {LAB}.ipynb", "lab1_final.ipynb"])
def test_a_renamed_file_is_read(course: Course, perfect: NotebookNode, name: str) -> None:
    submission = submit(course, "student", perfect)
    (submission.folder / f"{LAB}.ipynb").rename(submission.folder / name)
    notebook, repairs, *_ = read_submitted_notebook(submission.folder, LAB, set())
    assert repairs == [f"{name} was taken for {LAB}.ipynb"]
    assert sources(notebook) == sources(perfect)


def test_the_lab_is_found_among_other_notebooks(course: Course, perfect: NotebookNode) -> None:
    submission = submit(course, "student", perfect)
    (submission.folder / "scratch.ipynb").write_text("{}")
    notebook, repairs, *_ = read_submitted_notebook(submission.folder, LAB, set())
    assert sources(notebook) == sources(perfect)
    assert repairs == ["other notebooks were left aside: scratch.ipynb"]


def make_zip(content: bytes, name: str = f"work/{LAB}.ipynb") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
        archive.writestr(f"__MACOSX/._{LAB}.ipynb", b"junk")
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", [".zip", ".ipynb"])
def test_a_notebook_in_a_zip_file_is_read(
    course: Course, perfect: NotebookNode, suffix: str
) -> None:
    submission = submit(course, "student", "gone")
    (submission.folder / f"{LAB}.ipynb").unlink()
    path = submission.folder / f"{LAB}{suffix}"
    path.write_bytes(make_zip(nbformat.writes(perfect).encode()))
    notebook, repairs, *_ = read_submitted_notebook(submission.folder, LAB, set())
    assert sources(notebook) == sources(perfect)
    assert repairs == [f"work/{LAB}.ipynb was taken out of {path.name}"]


def test_the_exact_name_in_the_top_folder_is_read(course: Course, perfect: NotebookNode) -> None:
    submission, old = submit(course, "student", perfect), nbformat.writes(stub(course))
    (submission.folder / "00_old").mkdir()
    (submission.folder / "00_old" / f"{LAB}.ipynb").write_text(old)
    (submission.folder / "00_handin.zip").write_bytes(make_zip(old.encode()))
    notebook, repairs, *_ = read_submitted_notebook(submission.folder, LAB, set())
    assert sources(notebook) == sources(perfect)
    assert repairs == [
        f"other notebooks were left aside: 00_handin.zip/work/{LAB}.ipynb, 00_old/{LAB}.ipynb"
    ]


def test_a_renamed_notebook_is_identified_by_its_cells(
    course: Course, perfect: NotebookNode
) -> None:
    submission = submit(course, "student", perfect)
    (submission.folder / f"{LAB}.ipynb").rename(submission.folder / "homework.ipynb")
    scratch = new_notebook(cells=[new_code_cell("print(1)")])
    nbformat.write(scratch, submission.folder / "01_scratch.ipynb")
    notebook, repairs, *_ = read_submitted_notebook(submission.folder, LAB, set(), stub(course))
    assert sources(notebook) == sources(perfect)
    assert repairs == [
        f"homework.ipynb was taken for {LAB}.ipynb",
        "other notebooks were left aside: 01_scratch.ipynb",
    ]


def test_a_link_is_an_error(course: Course, perfect: NotebookNode, tmp_path: Path) -> None:
    submission = submit(course, "student", perfect)
    elsewhere = (submission.folder / f"{LAB}.ipynb").rename(tmp_path / "mine.ipynb")
    (submission.folder / f"{LAB}.ipynb").symlink_to(elsewhere)
    with pytest.raises(AutograderError, match=f"{LAB}.ipynb is a link; submit the file itself"):
        read_submitted_notebook(submission.folder, LAB, set())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_ignored(course: Course, perfect: NotebookNode, encoding: str) -> None:
    submission = submit(course, "student", nbformat.writes(perfect).encode(encoding))
    assert sources(read_submitted_notebook(submission.folder, LAB, set())[0]) == sources(perfect)


def test_an_old_format_is_converted(course: Course, perfect: NotebookNode) -> None:
    submission = submit(course, "student", "")
    old = nbformat.convert(copy.deepcopy(perfect), 3)
    nbformat.write(old, submission.folder / f"{LAB}.ipynb", version=3)
    notebook, repairs, *_ = read_submitted_notebook(submission.folder, LAB, set())
    assert sources(notebook) == sources(perfect)
    assert repairs == ["notebook format 3 was converted to 4"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"   \n", "is empty"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b'{"nbformat": 4, "cells": [', "is not a notebook, or only a part of one"),
        (b"<html></html>", "is not a notebook, or only a part of one"),
        (b"[1, 2]", "JSON but not a notebook"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 4, "cells": {}}', "no list of cells"),
        (b'{"nbformat": 3, "worksheets": 7}', "cannot be converted"),
        (b"[" * 200_000, "cannot be read"),
        (b"PK\x05\x06" + b"\0" * 18, "was not handed in"),
    ],
)
def test_an_unreadable_file_is_an_error(course: Course, content: bytes, message: str) -> None:
    submission = submit(course, "student", content)
    with pytest.raises(AutograderError, match=message):
        read_submitted_notebook(submission.folder, LAB, set())


def test_invalid_cells_are_repaired_or_left_out(course: Course) -> None:
    cells = [
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "metadata": None, "outputs": 3},
        {"cell_type": "code", "source": "\ud800"},
        {"cell_type": "code", "source": "c = 3", "id": "x" * 500},
        {"cell_type": "markdown", "source": "text", "metadata": {"nbgrader": "oops"}},
        {"cell_type": "spell", "source": "x"},
        "text",
        None,
    ]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": cells})
    submission = submit(course, "student", text)
    notebook, repairs, *_ = read_submitted_notebook(submission.folder, LAB, set())
    nbformat.validate(notebook)
    assert sources(notebook) == ["a = 1\nb = 2", "?", "c = 3", "text"]
    assert repairs == ["3 entries that are not cells were left out"]


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AutograderError, match="the folder holds: nothing"):
        read_submitted_notebook(tmp_path, LAB, set())
