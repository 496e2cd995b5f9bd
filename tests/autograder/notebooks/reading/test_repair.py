"""Whatever happens to a notebook on its way, the lab's cells are found again or put back."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring.source import instructor_notebook
from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.notebooks import forms
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.notebooks.reading.repair import repair
from tests.autograder.tiny_course import LAB, solved, stub, submit


def repaired(course: Course, notebook: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Through the file and back, as grading does it."""
    submission = submit(course, "student", notebook)
    handed_in, read = read_submitted_notebook(submission.folder, LAB, set())
    source = instructor_notebook(course, course.lab(LAB))
    mended, changed = repair(handed_in, source, forms.student(source))
    nbformat.validate(mended)
    return mended, read + changed


def by_id(notebook: NotebookNode) -> dict[str, NotebookNode]:
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


def sources(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


def graded_order(notebook: NotebookNode) -> list[str]:
    return list(by_id(notebook))


@pytest.fixture
def perfect(course: Course) -> NotebookNode:
    return solved(course)


@pytest.fixture
def expected(course: Course, perfect: NotebookNode) -> NotebookNode:
    mended, repairs = repaired(course, perfect)
    assert repairs == []
    return mended


def test_an_untouched_notebook_gets_its_hidden_tests_and_nothing_else(
    course: Course, perfect: NotebookNode, expected: NotebookNode
) -> None:
    source = by_id(instructor_notebook(course, course.lab(LAB)))
    assert by_id(expected)["neuron"].source == source["neuron"].source
    assert by_id(expected)["neuron_answer"].source == by_id(perfect)["neuron_answer"].source
    assert len(expected.cells) == len(perfect.cells)


def lose_all_metadata(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata = NotebookNode()


def lose_metadata_and_ids(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = NotebookNode(), f"colab{number}"


def swap_answers_ids(notebook: NotebookNode) -> None:
    cells = by_id(notebook)
    one, two = cells["neuron_answer"], cells["neuron"]
    one.metadata, two.metadata = two.metadata, one.metadata
    one.id, two.id = two.id, one.id


def delete_tests(notebook: NotebookNode) -> None:
    notebook.cells = [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("locked")]


def move_tests_to_the_top(notebook: NotebookNode) -> None:
    locked = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("locked")]
    rest = [c for c in notebook.cells if c not in locked]
    notebook.cells = locked[::-1] + rest


def edit_tests(notebook: NotebookNode) -> None:
    for cell in by_id(notebook).values():
        if cell.metadata.nbgrader.locked:
            cell.source = "assert True"


def change_points(notebook: NotebookNode) -> None:
    for cell in by_id(notebook).values():
        if "points" in cell.metadata.nbgrader:
            cell.metadata.nbgrader.points = 1000


def retype_answers(notebook: NotebookNode) -> None:
    for index, cell in enumerate(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "softmax_answer":
            notebook.cells[index] = new_markdown_cell(
                cell.source, id=cell.id, metadata=cell.metadata
            )


def duplicate_an_answer(notebook: NotebookNode) -> None:
    index = next(i for i, c in enumerate(notebook.cells) if c.id == "softmax_answer")
    twin = copy.deepcopy(notebook.cells[index])
    twin.source = "def softmax(logits):\n    raise NotImplementedError()"
    notebook.cells.insert(index, twin)


def unlock_tests(notebook: NotebookNode) -> None:
    for cell in by_id(notebook).values():
        cell.metadata.nbgrader.update(locked=False, solution=True, grade=False)
        cell.metadata.nbgrader.pop("points", None)


DAMAGES: list[Callable[[NotebookNode], None]] = [
    lose_all_metadata,
    lose_metadata_and_ids,
    swap_answers_ids,
    delete_tests,
    move_tests_to_the_top,
    edit_tests,
    change_points,
    retype_answers,
    duplicate_an_answer,
    unlock_tests,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_is_put_right_and_reported(
    course: Course,
    perfect: NotebookNode,
    expected: NotebookNode,
    damage: Callable[[NotebookNode], None],
) -> None:
    damage(perfect)
    mended, repairs = repaired(course, perfect)
    assert graded_order(mended) == graded_order(expected)
    for grade_id, cell in by_id(expected).items():
        assert by_id(mended)[grade_id].source == cell.source, grade_id
        assert by_id(mended)[grade_id].metadata == cell.metadata, grade_id
        assert by_id(mended)[grade_id].cell_type == cell.cell_type, grade_id
    if damage is not duplicate_an_answer and damage is not unlock_tests:
        assert repairs


def test_cells_of_the_students_own_stay_where_they_are(
    course: Course, perfect: NotebookNode
) -> None:
    index = next(i for i, c in enumerate(perfect.cells) if c.id == "softmax_answer")
    perfect.cells.insert(index, new_code_cell("helper = 1"))
    mended, repairs = repaired(course, perfect)
    assert repairs == []
    assert sources(mended).index("helper = 1") == index


def test_a_deleted_answer_is_said(course: Course, perfect: NotebookNode) -> None:
    perfect.cells = [c for c in perfect.cells if c.id != "softmax_answer"]
    mended, repairs = repaired(course, perfect)
    assert "answer cell softmax_answer was missing" in repairs
    assert "NotImplementedError" in by_id(mended)["softmax_answer"].source


def move_softmax(notebook: NotebookNode, into: str) -> None:
    """Have the answer softmax stand below another one, and its own cell deleted."""
    cells = by_id(notebook)
    cells[into].source += "\n\n" + cells["softmax_answer"].source
    notebook.cells = [c for c in notebook.cells if c.id != "softmax_answer"]


def test_an_answer_in_another_answers_cell_is_not_undone(
    course: Course, perfect: NotebookNode
) -> None:
    move_softmax(perfect, "neuron_answer")
    mended, repairs = repaired(course, perfect)
    assert repairs == ["answer softmax_answer was found in another cell"]
    assert by_id(mended)["softmax_answer"].source == ""
    assert graded_order(mended) == graded_order(solved(course))


@pytest.mark.parametrize("place", [0, None])
def test_all_answers_in_one_cell_stand_before_their_tests(
    course: Course, perfect: NotebookNode, place: int | None
) -> None:
    coded = [c for c in perfect.cells if c.id.endswith("_answer")]
    own = new_code_cell("\n\n".join(cell.source for cell in coded))
    perfect.cells = [cell for cell in perfect.cells if cell not in coded]
    perfect.cells.insert(len(perfect.cells) if place is None else place, own)
    mended, repairs = repaired(course, perfect)
    text = sources(mended)
    assert text.index(own.source) < text.index(by_id(mended)["neuron"].source)
    assert not any("NotImplementedError" in cell for cell in text)
    assert "answer predict_answer was found in another cell" in repairs


def test_a_test_waits_for_an_answer_that_stands_below_it(
    course: Course, perfect: NotebookNode
) -> None:
    move_softmax(perfect, "predict_answer")
    mended, _ = repaired(course, perfect)
    text = sources(mended)
    assert text.index(by_id(mended)["softmax"].source) > text.index(
        by_id(mended)["predict_answer"].source
    )
    assert "NotImplementedError" not in "".join(text)


def test_a_name_that_other_cells_bind_too_is_no_answer(
    course: Course, perfect: NotebookNode
) -> None:
    perfect.cells = [c for c in perfect.cells if c.id != "softmax_answer"]
    perfect.cells.insert(2, new_code_cell("import numpy as np\nrows = got = None"))
    _, repairs = repaired(course, perfect)
    assert repairs == ["answer cell softmax_answer was missing"]


def test_an_answer_written_into_the_test_cell_still_runs(
    course: Course, perfect: NotebookNode
) -> None:
    cells = by_id(perfect)
    answer = cells["neuron_answer"].source
    cells["neuron"].source = answer + "\n" + cells["neuron"].source
    cells["neuron_answer"].source = "raise NotImplementedError()"
    mended, _ = repaired(course, perfect)
    assert any(answer in cell.source for cell in mended.cells)


@pytest.mark.parametrize("name", [f"{LAB} (1).ipynb", f"Copy of {LAB}.ipynb", "lab1_final.ipynb"])
def test_a_renamed_file_is_taken(course: Course, perfect: NotebookNode, name: str) -> None:
    submission = submit(course, "student", perfect)
    (submission.folder / f"{LAB}.ipynb").rename(submission.folder / name)
    notebook, repairs = read_submitted_notebook(submission.folder, LAB, set())
    assert repairs == [f"{name} was taken for {LAB}.ipynb"]
    assert sources(notebook) == sources(perfect)


def test_the_lab_among_others_is_taken(course: Course, perfect: NotebookNode) -> None:
    submission = submit(course, "student", perfect)
    (submission.folder / "scratch.ipynb").write_text("{}")
    notebook, repairs = read_submitted_notebook(submission.folder, LAB, set())
    assert sources(notebook) == sources(perfect)
    assert repairs == ["other notebooks were left aside: scratch.ipynb"]


def zipped(content: bytes, name: str = f"work/{LAB}.ipynb") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
        archive.writestr(f"__MACOSX/._{LAB}.ipynb", b"junk")
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", [".zip", ".ipynb"])
def test_a_notebook_in_a_zip_is_taken(course: Course, perfect: NotebookNode, suffix: str) -> None:
    submission = submit(course, "student", "gone")
    (submission.folder / f"{LAB}.ipynb").unlink()
    path = submission.folder / f"{LAB}{suffix}"
    path.write_bytes(zipped(nbformat.writes(perfect).encode()))
    notebook, repairs = read_submitted_notebook(submission.folder, LAB, set())
    assert sources(notebook) == sources(perfect)
    assert repairs == [f"work/{LAB}.ipynb was taken out of {path.name}"]


def test_the_exact_name_on_top_is_taken(course: Course, perfect: NotebookNode) -> None:
    submission, old = submit(course, "student", perfect), nbformat.writes(stub(course))
    (submission.folder / "00_old").mkdir()
    (submission.folder / "00_old" / f"{LAB}.ipynb").write_text(old)
    (submission.folder / "00_handin.zip").write_bytes(zipped(old.encode()))
    notebook, repairs = read_submitted_notebook(submission.folder, LAB, set())
    assert sources(notebook) == sources(perfect)
    assert repairs == [
        f"other notebooks were left aside: 00_handin.zip/work/{LAB}.ipynb, 00_old/{LAB}.ipynb"
    ]


def test_a_renamed_notebook_is_known_by_its_cells(course: Course, perfect: NotebookNode) -> None:
    submission = submit(course, "student", perfect)
    (submission.folder / f"{LAB}.ipynb").rename(submission.folder / "homework.ipynb")
    scratch = new_notebook(cells=[new_code_cell("print(1)")])
    nbformat.write(scratch, submission.folder / "01_scratch.ipynb")
    notebook, repairs = read_submitted_notebook(submission.folder, LAB, set(), list(by_id(perfect)))
    assert sources(notebook) == sources(perfect)
    assert repairs == [
        f"homework.ipynb was taken for {LAB}.ipynb",
        "other notebooks were left aside: 01_scratch.ipynb",
    ]


def test_a_link_is_called_one(course: Course, perfect: NotebookNode, tmp_path: Path) -> None:
    submission = submit(course, "student", perfect)
    elsewhere = (submission.folder / f"{LAB}.ipynb").rename(tmp_path / "mine.ipynb")
    (submission.folder / f"{LAB}.ipynb").symlink_to(elsewhere)
    with pytest.raises(AutograderError, match=f"{LAB}.ipynb is a link; hand in the file itself"):
        read_submitted_notebook(submission.folder, LAB, set())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_do_no_harm(course: Course, perfect: NotebookNode, encoding: str) -> None:
    submission = submit(course, "student", nbformat.writes(perfect).encode(encoding))
    assert sources(read_submitted_notebook(submission.folder, LAB, set())[0]) == sources(perfect)


def test_an_old_format_is_converted(course: Course, perfect: NotebookNode) -> None:
    submission = submit(course, "student", "")
    old = nbformat.convert(copy.deepcopy(perfect), 3)
    nbformat.write(old, submission.folder / f"{LAB}.ipynb", version=3)
    notebook, repairs = read_submitted_notebook(submission.folder, LAB, set())
    assert sources(notebook) == sources(perfect)
    assert repairs == ["notebook format 3 was converted to 4"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"   \n", "is empty"),
        (b"\xff\xfe\x00", "can't be read"),
        (b'{"nbformat": 4, "cells": [', "only in part, a notebook"),
        (b"<html></html>", "only in part, a notebook"),
        (b"[1, 2]", "JSON but no notebook"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 4, "cells": {}}', "no list of cells"),
        (b'{"nbformat": 3, "worksheets": 7}', "can't be converted"),
        (b"[" * 200_000, "can't be read"),
        (b"PK\x05\x06" + b"\0" * 18, "was not handed in"),
    ],
)
def test_what_cannot_be_read_says_why(course: Course, content: bytes, says: str) -> None:
    submission = submit(course, "student", content)
    with pytest.raises(AutograderError, match=says):
        read_submitted_notebook(submission.folder, LAB, set())


def test_odd_cells_are_made_plain(course: Course) -> None:
    cells = [
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "metadata": None, "outputs": 3},
        {"cell_type": "code", "source": "\ud800"},
        {"cell_type": "code", "source": "c = 3", "id": "x" * 500},
        {"cell_type": "markdown", "source": "text", "metadata": {"nbgrader": "oops"}},
        {"cell_type": "spell", "source": "x"},
        "no cell",
        None,
    ]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": cells})
    submission = submit(course, "student", text)
    notebook, repairs = read_submitted_notebook(submission.folder, LAB, set())
    nbformat.validate(notebook)
    assert sources(notebook) == ["a = 1\nb = 2", "?", "c = 3", "text"]
    assert repairs == ["3 entries that are no cells were left out"]


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(AutograderError, match="the folder holds: nothing"):
        read_submitted_notebook(tmp_path, LAB, set())
