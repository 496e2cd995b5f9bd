"""Outputs that readers of the notebook cannot bear cost themselves, not their cell."""

from __future__ import annotations

import copy

import nbformat
import pytest

from autograder.engine.engine import Engine
from tests.autograder.engine.judge import grade

SEND = """
from IPython.display import display
kernel = get_ipython().kernel
def send(kind, content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
"""
DEEP = """
for depth in (60, 300, 900):
    value = 1
    for _ in range(depth): value = [value]
    display({"application/json": value}, raw=True)
"""


@pytest.mark.parametrize(
    "odd",
    [
        DEEP,
        "send('execute_result', {'data': {'text/plain': '1'}, 'execution_count': {'a': 1}})",
        "send('error', {'ename': ['x'], 'evalue': {'y': 1}, 'traceback': 'z'})",
        "send('stream', {'name': 'stderr', 'text': ['a', {'b': 1}]})",
        "send('comm_msg', {'comm_id': 'c', 'data': {'method': 'update', 'state': {}}})",
        "send('comm_open', {'comm_id': 'c', 'target_name': 'jupyter.widget', 'data': 7})",
        "send('update_display_data', {'data': {}, 'transient': {'display_id': ['d']}})",
    ],
)
def test_an_odd_output_is_left_out(engine: Engine, odd: str) -> None:
    graded = grade(engine, SEND + odd + "\nx = 1", ("assert x == 1", 1))
    assert graded.questions[0].score == 1
    nbformat.validate(copy.deepcopy(graded.notebook))
    assert nbformat.writes(graded.notebook).count("[[[[") < 50
