"""Every lab's solution runs where a GPU with tensor cores is found, simulated on the CPU."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograder.authoring.read_code_cells import read_code_cells
from tests.labs.answered import COURSE

# A T4, which Colab lends: it has tensor cores and no bfloat16.
SWITCH = """
import os, sys
os.environ.update(COURSE_PROFILE="quick", TF_CPP_MIN_LOG_LEVEL="3")
import course_lib.training
half = sys.modules["course_lib.training.half_precision"]
half.has_tensor_cores = lambda: True
half.has_bfloat16_instructions = lambda: False
"""


@pytest.mark.slow
@pytest.mark.parametrize("lab", [lab.name for lab in COURSE.labs()])
def test_solution_runs_in_half_precision(lab: str, tmp_path: Path) -> None:
    cells = [source for source, _, _ in read_code_cells(COURSE, COURSE.lab(lab))]
    notebook = new_notebook(cells=[new_code_cell(source) for source in [SWITCH, *cells]])
    resources = {"metadata": {"path": str(tmp_path)}}  # a lab writes images where it runs
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources)
    client.execute()
