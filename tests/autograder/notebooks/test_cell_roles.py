"""The roles of cells are nbgrader's."""

from __future__ import annotations

from itertools import product

import pytest
from nbformat.v4 import new_code_cell
from nbgrader import utils

from autograder.notebooks.cell_roles import (
    grade_id,
    has_role,
    is_answer_cell,
    is_graded_cell,
    is_locked_cell,
    is_task_cell,
    is_test_cell,
    max_points,
    nbgrader_metadata,
)

FIELDS = ("grade", "solution", "locked", "task")
# None stands for a field that is missing, as in older schemas.
ROLES = [
    dict(zip(FIELDS, values, strict=True)) for values in product((True, False, None), repeat=4)
]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: "-".join(map(str, role.values())))
def test_every_role_is_as_in_nbgrader(role: dict[str, bool | None]) -> None:
    cell = new_code_cell("x = 1")
    cell.metadata.nbgrader = {k: v for k, v in role.items() if v is not None}
    assert is_task_cell(cell) == utils.is_task(cell)
    assert is_answer_cell(cell) == utils.is_solution(cell)
    assert is_locked_cell(cell) == utils.is_locked(cell)
    assert is_test_cell(cell) == (utils.is_grade(cell) and not utils.is_solution(cell))
    assert is_graded_cell(cell) == (utils.is_grade(cell) or utils.is_task(cell))
    of_nbgrader = (utils.is_grade, utils.is_solution, utils.is_locked, utils.is_task)
    assert has_role(cell) == any(rule(cell) for rule in of_nbgrader)


@pytest.mark.parametrize("metadata", [None, [], "grade", 3, {}], ids=repr)
def test_other_metadata_are_no_role(metadata: object) -> None:
    cell = new_code_cell("x = 1")
    cell.metadata["nbgrader"] = metadata
    assert nbgrader_metadata(cell) == {}
    assert grade_id(cell) == ""
    assert max_points(cell) == 0.0
    assert not has_role(cell)
