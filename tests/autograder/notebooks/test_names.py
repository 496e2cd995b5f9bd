"""The student's names that a test cell uses."""

from __future__ import annotations

from nbformat.v4 import new_code_cell, new_notebook

from autograder.notebooks.names import find_student_names


def find(*cells: str) -> list[list[str]]:
    role = {"grade": True, "solution": False}
    notebook = new_notebook(
        cells=[
            new_code_cell(source, metadata={"nbgrader": {**role, "grade_id": str(number)}})
            for number, source in enumerate(cells)
        ]
    )
    return list(find_student_names(notebook).values())


def test_own_names_builtins_and_imports_are_not_the_students() -> None:
    assert find("import numpy as np\nx = np.ones(3)\nassert len(forward(x)) == 3") == [["forward"]]


def test_names_of_earlier_test_cells_are_not_the_students() -> None:
    assert find("def check(f): assert f(1)", "check(neuron)") == [[], ["neuron"]]


def test_names_read_inside_functions_count() -> None:
    assert find("def check():\n    y = 1\n    return model(y)\ncheck()") == [["model"]]


def test_names_of_comprehensions_do_not_count() -> None:
    assert find("assert all(step(z) for z in range(3))") == [["step"]]


def test_magics_are_not_python() -> None:
    assert find("%matplotlib inline\nassert loss > 0") == [["loss"]]
