"""Notebooks as browsers, mail programs and other tools save them are found and read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from tests.autograder.tiny_course import LAB, solved, stub

Fields = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "ada"
    made.mkdir()
    return made


def write(folder: Path, name: str, content: NotebookNode | bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else nbformat.writes(content).encode()
    path.write_bytes(data)


def sources(notebook: NotebookNode) -> list[str]:
    return [cell.source.rstrip() for cell in notebook.cells]


def kinds(notebook: NotebookNode) -> list[str]:
    return [cell.cell_type for cell in notebook.cells]


@pytest.mark.parametrize(
    "name",
    [
        f"{LAB}.ipynb.txt",
        f"{LAB}.ipynb.json",
        f"{LAB}.json",
        f"{LAB}.txt",
        f"{LAB}.IPYNB",
        f"{LAB}.ipynb.download",
        f"{LAB}.ipynb (1)",
        f"{LAB}.ipynb_",
        LAB,
        "answers.dat",
        f"sub/folder/{LAB}.ipynb.txt",
    ],
)
def test_a_notebook_is_known_by_its_content(course: Course, folder: Path, name: str) -> None:
    write(folder, name, solved(course))
    (folder / "data.json").write_text('{"cells": [1, 2], "kind": "cell"}')
    notebook, repairs, *_ = read_submitted_notebook(folder, LAB, set(), stub(course))
    assert sources(notebook) == sources(solved(course))
    is_usual = Path(name).suffix.lower() == ".ipynb"
    assert repairs == ([] if is_usual else [f"{name} was taken for {LAB}.ipynb"])


@pytest.mark.parametrize("name", ["data.json", "notes.txt", f"{LAB}.html", f"{LAB}.py"])
def test_other_files_are_no_notebooks(folder: Path, name: str) -> None:
    (folder / name).write_text('{"cells": {"cell": "type"}}')
    with pytest.raises(AutograderError, match="was not handed in; the folder holds"):
        read_submitted_notebook(folder, LAB, set())


def drop_format(fields: Fields) -> None:
    del fields["nbformat"], fields["nbformat_minor"]


def join_lines(lines: list[str], end: str) -> str:
    return end.join(line.rstrip("\n") for line in lines)


def change_sources(change: Callable[[list[str]], Any]) -> Callable[[Fields], None]:
    def apply(fields: Fields) -> None:
        for cell in fields["cells"]:
            cell["source"] = change(cell["source"])

    return apply


def drop_kinds(fields: Fields) -> None:
    for cell in fields["cells"]:
        del cell["cell_type"]


DAMAGE: dict[str, Callable[[Fields], None]] = {
    "no format": drop_format,
    "format 4.0": lambda fields: fields.update(nbformat=4.0),
    "format '4'": lambda fields: fields.update(nbformat="4"),
    "format null": lambda fields: fields.update(nbformat=None),
    "format true": lambda fields: fields.update(nbformat=True),
    "no metadata": lambda fields: fields.pop("metadata"),
    "CR in a string": change_sources(lambda lines: join_lines(lines, "\r")),
    "CR in lists": change_sources(lambda lines: [ln.replace("\n", "\r") for ln in lines]),
    "CRLF in lists": change_sources(lambda lines: [ln.replace("\n", "\r\n") for ln in lines]),
    "lines without ends": change_sources(lambda lines: [ln.rstrip("\n") for ln in lines]),
    "one string": change_sources(lambda lines: "".join(lines)),
    "no kinds of cells": drop_kinds,
}


@pytest.mark.parametrize("name", DAMAGE)
def test_odd_json_is_read(course: Course, folder: Path, name: str) -> None:
    fields = json.loads(nbformat.writes(solved(course)))
    DAMAGE[name](fields)
    write(folder, f"{LAB}.ipynb", json.dumps(fields).encode())
    notebook, repairs, *_ = read_submitted_notebook(folder, LAB, set(), stub(course))
    assert sources(notebook) == sources(solved(course))
    assert [cell.cell_type for cell in notebook.cells] == [
        c.cell_type for c in solved(course).cells
    ]
    said = [text for text in repairs if "read as format 4" in text]
    assert len(said) == (name.startswith(("no format", "format"))), repairs
    assert len(repairs) == len(said)


@pytest.mark.parametrize("change", ["no line ends", "CR"])
def test_odd_lines_of_an_old_format_are_read(course: Course, folder: Path, change: str) -> None:
    old = json.loads(nbformat.writes(nbformat.convert(solved(course), 3), version=3))
    for cell in old["worksheets"][0]["cells"]:
        key = "input" if cell["cell_type"] == "code" else "source"
        lines = cell[key] if isinstance(cell[key], list) else cell[key].splitlines(True)
        cell[key] = [ln.replace("\n", "\r" if change == "CR" else "") for ln in lines]
    del old["nbformat"]
    write(folder, f"{LAB}.ipynb", json.dumps(old).encode())
    assert sources(read_submitted_notebook(folder, LAB, set()).notebook) == sources(solved(course))


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
@pytest.mark.parametrize("suffix", [".ipynb", ".json"])
def test_any_encoding(course: Course, folder: Path, encoding: str, suffix: str) -> None:
    notebook = solved(course)
    notebook.cells[0].source = "# Zoë’s answers — naïve"
    text = json.dumps(notebook, ensure_ascii=False)
    for letter in "·":  # not in every code page
        text = text.replace(letter, ".")
    write(folder, LAB + suffix, text.encode(encoding, "replace"))
    found = read_submitted_notebook(folder, LAB, set()).notebook
    assert found.cells[0].source == "# Zoë’s answers — naïve"


def test_line_ends_in_strings_are_read(folder: Path) -> None:
    raw = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "a = 1\n\tb = 2"}]}'
    write(folder, f"{LAB}.ipynb", raw)
    notebook, *_ = read_submitted_notebook(folder, LAB, set())
    assert sources(notebook) == ["a = 1\n\tb = 2"]


OLD_COPIES = {
    "the untouched one has the name": (f"{LAB}.ipynb", f"{LAB}-Copy1.ipynb"),
    "a browser's second copy": (f"{LAB}.ipynb", f"{LAB} (1).ipynb"),
    "the worked-on one in a folder": (f"{LAB}.ipynb", f"work/{LAB}.ipynb"),
    "the worked-on one in text": (f"{LAB}.ipynb", f"{LAB}.ipynb.txt"),
    "two other names": ("start.ipynb", "done.ipynb"),
    "the worked-on one has the name": (f"copy/{LAB}.ipynb", f"{LAB}.ipynb"),
}


@pytest.mark.parametrize("case", OLD_COPIES)
@pytest.mark.parametrize("metadata", ["kept", "dropped"])
def test_the_worked_on_copy_counts(course: Course, folder: Path, case: str, metadata: str) -> None:
    notebook = solved(course)
    if metadata == "dropped":
        for cell in notebook.cells:
            cell.metadata = NotebookNode()
    untouched, worked_on = OLD_COPIES[case]
    write(folder, untouched, stub(course))
    write(folder, worked_on, notebook)
    found = read_submitted_notebook(folder, LAB, set(), stub(course))
    assert sources(found.notebook) == sources(solved(course))
    assert any(untouched in text for text in found.repairs)


def test_of_two_worked_on_copies_the_lab_s_name_counts(course: Course, folder: Path) -> None:
    other = solved(course)
    other.cells.append(nbformat.v4.new_code_cell("more = 1"))
    write(folder, f"{LAB}.ipynb", solved(course))
    write(folder, f"{LAB}-Copy1.ipynb", other)
    found = read_submitted_notebook(folder, LAB, set(), stub(course))
    assert sources(found.notebook) == sources(solved(course))


def test_a_damaged_copy_does_not_hide_the_whole_one(course: Course, folder: Path) -> None:
    write(folder, f"{LAB}.ipynb", b'{"nbformat": 4, "cells": [')
    write(folder, f"{LAB} (1).ipynb", solved(course))
    found = read_submitted_notebook(folder, LAB, set(), stub(course))
    assert sources(found.notebook) == sources(solved(course))


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("place", "data", "seen"),
    [
        (f"{LAB}.ipynb", "a.csv", "a.csv"),
        (f"{LAB}.ipynb", "data/a.csv", "data/a.csv"),
        (f"lab/{LAB}.ipynb", "lab/data/a.csv", "data/a.csv"),
        (f"lab/{LAB}.ipynb", "lab/a.csv", "a.csv"),
        (f"a/b/{LAB}.ipynb", "a/b/c/d.csv", "c/d.csv"),
        (f"lab/{LAB}.ipynb", "a.csv", "a.csv"),
        (f"lab/{LAB}.ipynb", "data/a.csv", "data/a.csv"),
        (f"lab/{LAB}.json", "lab/helper.py", "helper.py"),
        (f"lab\\{LAB}.ipynb", "lab\\data\\a.csv", "data/a.csv"),
        (f"Übung/{LAB}.ipynb", "Übung/größe.csv", "größe.csv"),
    ],
)
@pytest.mark.parametrize("packed", ["", "work.zip", "sub/work.zip", f"{LAB}.ipynb"])
def test_files_beside_the_notebook(
    course: Course, folder: Path, place: str, data: str, seen: str, packed: str
) -> None:
    content = nbformat.writes(solved(course)).encode()
    files: dict[str, bytes] = {}
    if packed:
        write(folder, packed, zipped({place: content, data: b"1,2"}))
    else:
        place, data = place.replace("\\", "/"), data.replace("\\", "/")
        write(folder, place, content)
        write(folder, data, b"1,2")
        files[data] = b"1,2"
    found = read_submitted_notebook(folder, LAB, set(), stub(course))
    assert sources(found.notebook) == sources(solved(course))
    placed = found.place_files(files)
    assert placed[seen] == b"1,2"
    assert not any(Path(name).is_absolute() or ".." in Path(name).parts for name in placed)


def test_a_file_and_a_folder_of_one_name(course: Course, folder: Path) -> None:
    write(folder, f"lab/{LAB}.ipynb", solved(course))
    found = read_submitted_notebook(folder, LAB, set())
    placed = found.place_files({"data": b"old", "lab/data/a.csv": b"new"})
    assert placed["data/a.csv"] == b"new" and "data" not in placed


def test_a_zip_file_names_a_file_outside_itself(course: Course, folder: Path) -> None:
    content = nbformat.writes(solved(course)).encode()
    write(folder, "w.zip", zipped({f"{LAB}.ipynb": content, "../../gradebook.db": b"x"}))
    assert read_submitted_notebook(folder, LAB, set()).place_files({}) == {}
