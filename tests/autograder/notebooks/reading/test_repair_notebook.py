"""The lab's cells in a damaged notebook are found or restored."""

from __future__ import annotations

import copy
from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Course
from autograder.notebooks.forms import release_notebook
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.notebooks.reading.repair_notebook import repair_notebook
from tests.autograder.tiny_course import LAB, solved, submit


def read_and_repair(course: Course, notebook: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Write the notebook, read it and repair it, as grading does."""
    submission = submit(course, "student", notebook)
    submitted, read, *_ = read_submitted_notebook(submission.folder, LAB, set())
    source = make_instructor_notebook(course, course.lab(LAB))
    notebook, repairs = repair_notebook(submitted, source, release_notebook(source))
    nbformat.validate(notebook)
    return notebook, read + repairs


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
    repaired, repairs = read_and_repair(course, perfect)
    assert repairs == []
    return repaired


def test_an_intact_notebook_gets_its_hidden_tests_and_nothing_else(
    course: Course, perfect: NotebookNode, expected: NotebookNode
) -> None:
    source = by_id(make_instructor_notebook(course, course.lab(LAB)))
    assert by_id(expected)["neuron"].source == source["neuron"].source
    assert by_id(expected)["neuron_answer"].source == by_id(perfect)["neuron_answer"].source
    assert len(expected.cells) == len(perfect.cells)


def test_a_test_cell_is_the_instructors_also_where_its_metadata_says_unlocked(
    course: Course, perfect: NotebookNode, expected: NotebookNode
) -> None:
    """nbgrader's own quickstart writes `locked: false` into test cells."""
    source = make_instructor_notebook(course, course.lab(LAB))
    for notebook in (source, perfect):
        for cell in by_id(notebook).values():
            cell.metadata.nbgrader.locked = False
    by_id(perfect)["neuron"].source = "pass"
    submitted, *_ = read_submitted_notebook(submit(course, "student", perfect).folder, LAB, set())
    repaired, repairs = repair_notebook(submitted, source, release_notebook(source))
    assert by_id(repaired)["neuron"].source == by_id(expected)["neuron"].source
    assert "cell neuron had been edited and was restored" in repairs


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
def test_damage_is_repaired_and_reported(
    course: Course,
    perfect: NotebookNode,
    expected: NotebookNode,
    damage: Callable[[NotebookNode], None],
) -> None:
    damage(perfect)
    repaired, repairs = read_and_repair(course, perfect)
    assert graded_order(repaired) == graded_order(expected)
    for grade_id, cell in by_id(expected).items():
        assert by_id(repaired)[grade_id].source == cell.source, grade_id
        assert by_id(repaired)[grade_id].metadata == cell.metadata, grade_id
        assert by_id(repaired)[grade_id].cell_type == cell.cell_type, grade_id
    if damage is not duplicate_an_answer and damage is not unlock_tests:
        assert repairs


def test_the_students_own_cells_stay_in_their_place(course: Course, perfect: NotebookNode) -> None:
    index = next(i for i, c in enumerate(perfect.cells) if c.id == "softmax_answer")
    perfect.cells.insert(index, new_code_cell("helper = 1"))
    repaired, repairs = read_and_repair(course, perfect)
    assert repairs == []
    assert sources(repaired).index("helper = 1") == index


def test_a_deleted_answer_is_reported(course: Course, perfect: NotebookNode) -> None:
    perfect.cells = [c for c in perfect.cells if c.id != "softmax_answer"]
    repaired, repairs = read_and_repair(course, perfect)
    assert "answer cell softmax_answer was missing" in repairs
    assert "NotImplementedError" in by_id(repaired)["softmax_answer"].source


def move_softmax(notebook: NotebookNode, into: str) -> None:
    """Move the answer softmax below another answer and delete its own cell."""
    cells = by_id(notebook)
    cells[into].source += "\n\n" + cells["softmax_answer"].source
    notebook.cells = [c for c in notebook.cells if c.id != "softmax_answer"]


def test_an_answer_in_the_cell_of_another_answer_is_kept(
    course: Course, perfect: NotebookNode
) -> None:
    move_softmax(perfect, "neuron_answer")
    repaired, repairs = read_and_repair(course, perfect)
    assert repairs == ["answer softmax_answer was found in another cell"]
    assert by_id(repaired)["softmax_answer"].source == ""
    assert graded_order(repaired) == graded_order(solved(course))


@pytest.mark.parametrize("place", [0, None])
def test_all_answers_in_one_cell_run_before_their_tests(
    course: Course, perfect: NotebookNode, place: int | None
) -> None:
    coded = [c for c in perfect.cells if c.id.endswith("_answer")]
    own = new_code_cell("\n\n".join(cell.source for cell in coded))
    perfect.cells = [cell for cell in perfect.cells if cell not in coded]
    perfect.cells.insert(len(perfect.cells) if place is None else place, own)
    repaired, repairs = read_and_repair(course, perfect)
    text = sources(repaired)
    assert text.index(own.source) < text.index(by_id(repaired)["neuron"].source)
    assert not any("NotImplementedError" in cell for cell in text)
    assert "answer predict_answer was found in another cell" in repairs


def test_a_test_runs_after_an_answer_below_it(course: Course, perfect: NotebookNode) -> None:
    move_softmax(perfect, "predict_answer")
    repaired, _ = read_and_repair(course, perfect)
    text = sources(repaired)
    assert text.index(by_id(repaired)["softmax"].source) > text.index(
        by_id(repaired)["predict_answer"].source
    )
    assert "NotImplementedError" not in "".join(text)


def test_a_name_that_other_cells_also_bind_is_not_an_answer(
    course: Course, perfect: NotebookNode
) -> None:
    perfect.cells = [c for c in perfect.cells if c.id != "softmax_answer"]
    perfect.cells.insert(2, new_code_cell("import numpy as np\nrows = got = None"))
    _, repairs = read_and_repair(course, perfect)
    assert repairs == ["answer cell softmax_answer was missing"]


def test_an_answer_in_the_test_cell_still_runs(course: Course, perfect: NotebookNode) -> None:
    cells = by_id(perfect)
    answer = cells["neuron_answer"].source
    cells["neuron"].source = answer + "\n" + cells["neuron"].source
    cells["neuron_answer"].source = "raise NotImplementedError()"
    repaired, _ = read_and_repair(course, perfect)
    assert any(answer in cell.source for cell in repaired.cells)
