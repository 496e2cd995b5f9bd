"""Which of the student's names a test cell takes."""

from __future__ import annotations

from nbformat.v4 import new_code_cell, new_notebook

from autograder.notebooks.names import taken_names


def taken(*cells: str) -> list[list[str]]:
    mark = {"grade": True, "solution": False}
    notebook = new_notebook(
        cells=[
            new_code_cell(source, metadata={"nbgrader": {**mark, "grade_id": str(number)}})
            for number, source in enumerate(cells)
        ]
    )
    return list(taken_names(notebook).values())


def test_own_names_builtins_and_imports_are_not_the_students() -> None:
    assert taken("import numpy as np\nx = np.ones(3)\nassert len(forward(x)) == 3") == [["forward"]]


def test_names_of_earlier_test_cells_are_not_the_students() -> None:
    assert taken("def check(f): assert f(1)", "check(neuron)") == [[], ["neuron"]]


def test_names_read_inside_functions_count() -> None:
    assert taken("def check():\n    y = 1\n    return model(y)\ncheck()") == [["model"]]


def test_comprehensions_have_names_of_their_own() -> None:
    assert taken("assert all(step(z) for z in range(3))") == [["step"]]


def test_magics_are_no_python() -> None:
    assert taken("%matplotlib inline\nassert loss > 0") == [["loss"]]
