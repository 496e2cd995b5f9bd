"""Outputs of a notebook that ran: any JSON becomes plain values, within bounds."""

from __future__ import annotations

import copy
import json
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.notebooks.showing import rebuild_outputs as module
from autograder.notebooks.showing.rebuild_outputs import rebuild_display, rebuild_outputs

DEEP: list[Any] = []
for _ in range(900):
    DEEP = [DEEP]
ODD = [None, True, 7, -1, 1e400, "x", "", [], ["a", 1], {}, {"a": {}}, DEEP]


def rebuild(outputs: Any, count: Any = 1) -> Any:
    notebook = new_notebook(cells=[new_code_cell("x")])
    executed = {"cells": [{"outputs": outputs, "execution_count": count}]}
    rebuilt = rebuild_outputs(notebook, executed)
    nbformat.validate(rebuilt)
    assert json.dumps(rebuilt) and copy.deepcopy(rebuilt) == rebuilt
    return rebuilt.cells[0]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_values_never_reach_a_reader(odd: Any) -> None:
    rebuild(odd, odd)
    rebuild([odd])
    for kind in ("stream", "error", "display_data", "execute_result", odd):
        rebuild([{"output_type": kind}])
        for field in ("name", "text", "ename", "evalue", "traceback", "data", "metadata"):
            rebuild([{"output_type": kind, "data": {"text/plain": "x"}, field: odd}])
        for mime in ("text/plain", "image/png", "application/json", "text/html"):
            output = {"output_type": kind, "data": {mime: odd}, "metadata": {mime: odd}}
            rebuild([{**output, "execution_count": odd}])
            rebuild_display({**output, "transient": odd})
    rebuild_outputs(new_notebook(cells=[new_code_cell("x")]), odd)
    rebuild_outputs(new_notebook(cells=[new_code_cell("x")]), {"cells": odd})


def test_known_outputs_stay() -> None:
    outputs = [
        {"output_type": "stream", "name": "stderr", "text": "a"},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "0.5", "image/png": "AA==", "application/json": DEEP},
            "metadata": {"image/png": {"alt": "a plot", "width": 300, "onload": "x"}, "a": DEEP},
            "execution_count": 3,
        },
    ]
    cell = rebuild(outputs, 3)
    assert cell.execution_count == 3 and cell.outputs[:2] == outputs[:2]
    assert cell.outputs[2] == {
        "output_type": "execute_result",
        "data": {"text/plain": "0.5", "image/png": "AA=="},
        "metadata": {"image/png": {"alt": "a plot", "width": 300}},
        "execution_count": 3,
    }


def test_a_whole_notebook_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_OUTPUTS", 50)
    monkeypatch.setattr(module, "_MOST_CHARACTERS", 1000)
    notebook = new_notebook(cells=[new_code_cell("x") for _ in range(3)])
    short, long = ({"output_type": "stream", "text": text} for text in ("x", "y" * 900))
    cells = [{"outputs": outputs} for outputs in ([short] * 45, [long, long], [short] * 45)]
    rebuilt = rebuild_outputs(notebook, {"cells": cells})
    assert [len(cell.outputs) for cell in rebuilt.cells] == [45, 2, 5]
    assert "1 output is left out" in rebuilt.cells[1].outputs[-1].text
    assert "41 outputs are left out" in rebuilt.cells[2].outputs[-1].text
