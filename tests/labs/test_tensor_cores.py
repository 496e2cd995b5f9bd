"""Every lab's solution runs where a GPU with tensor cores is found, simulated on the CPU.

Float16 is slow on a CPU, so that each training ends after a few steps here, and test cells may
find that a network has learnt too little; every other error counts. `HALF_PRECISION_STEPS=0` trains
to the end, and then every test has to pass.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.authoring.read_code_cells import read_code_cells
from tests.labs.answered import COURSE

STEPS = int(os.environ.get("HALF_PRECISION_STEPS", "40"))
# A T4, which Colab lends: it has tensor cores and no bfloat16.
SWITCH = """
import os, sys
os.environ.update(COURSE_PROFILE="quick", TF_CPP_MIN_LOG_LEVEL="3")
import course_lib.training
half = sys.modules["course_lib.training.half_precision"]
half.has_tensor_cores = lambda: True
half.has_bfloat16_instructions = lambda: False
"""
STOP_EARLY = f"""
import keras

class StopEarly(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.steps = 0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        self.model.stop_training |= self.steps >= {STEPS}

def fit(model, *arguments, callbacks=None, keras_fit=keras.Model.fit, **settings):
    given = callbacks if isinstance(callbacks, list) else [callbacks] if callbacks else []
    return keras_fit(model, *arguments, callbacks=[*given, StopEarly()], **settings)

keras.Model.fit = fit
sys.modules["course_lib.training.fit"]._count_executions = lambda *_: 1
"""


def find_errors(cell: NotebookNode) -> list[NotebookNode]:
    return [output for output in cell.outputs if output.output_type == "error"]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lab", [lab.name for lab in COURSE.labs()])
def test_solution_runs_in_half_precision(lab: str, tmp_path: Path) -> None:
    cells = list(read_code_cells(COURSE, COURSE.lab(lab)))
    first = [SWITCH, *([STOP_EARLY] if STEPS else [])]
    notebook = new_notebook(cells=[new_code_cell(s) for s in [*first, *(c[0] for c in cells)]])
    resources = {"metadata": {"path": str(tmp_path)}}  # a lab writes images where it runs
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources=resources, allow_errors=True
    )
    client.execute()
    # The labs' checks end a cell with their sentence, an AssertionError.
    tests = [False] * len(first) + [is_test and STEPS > 0 for _, _, is_test in cells]
    for cell, may_fail in zip(notebook.cells, tests, strict=True):
        for error in find_errors(cell):
            assert may_fail and error.ename == "AssertionError", (cell.source, error.traceback)
