"""Lab 01 with what honest students add and write otherwise costs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.authoring.stock_engine import StockEngine
from autograder.course.course import Course
from autograder.grading.start_engine import start_engine
from autograder.notebooks.forms import solve_notebook

COURSE = Course(Path(__file__).resolve().parents[2])
LAB = COURSE.lab("01_mlp_mnist")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

OWN_CELLS = (
    "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'",
    "!ls\nfiles = !pwd",
    "%%time\nimport sys, warnings\nwarnings.warn('a warning')\nprint('noise', file=sys.stderr)",
    "from tqdm.auto import tqdm\nfor i in tqdm(range(20)):\n    pass",
    "import logging\nlogging.basicConfig()\nlogging.error('logged')",
    "import tensorflow as tf\nimport matplotlib.pyplot as plt\nplt.figure(); plt.plot([1, 2])",
    "undefined_name + 1",
    "from IPython.display import HTML, display\ndisplay(HTML('<b>done</b>'))",
)
TYPED_FUNCTIONS = """
from dataclasses import dataclass
import sys
import warnings

@dataclass
class Neuron:
    scale: float = 1.0
    def __call__(self, x: np.ndarray, w: np.ndarray, b: float = 0.0) -> float:
        warnings.warn("called")
        print("called", file=sys.stderr)
        return float(self.scale * (x @ w) + b)

neuron: Neuron = Neuron()
w_and: list[float] = [1.0, 1.0]
b_and: float = -1.5
"""


def with_habits() -> tuple[NotebookNode, NotebookNode]:
    """The solution with all of the above in it, and the instructor's notebook."""
    instructor = make_instructor_notebook(COURSE, LAB)
    notebook = solve_notebook(instructor)
    own = [new_code_cell(source) for source in OWN_CELLS]
    cells = []
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if grade_id == "neuron_answer":
            cell.source = TYPED_FUNCTIONS
        cells.append(cell)
        if grade_id.endswith("_answer") and own:
            cells += [new_markdown_cell("My notes"), own.pop(0)]
    notebook.cells = [*cells, *own]
    return notebook, instructor


def test_honest_habits_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    notebook, instructor = with_habits()
    with start_engine(COURSE, LAB) as engine:
        ours = engine.grade(notebook, instructor, seed=1)
    with StockEngine(COURSE, LAB) as engine:
        theirs = engine.grade(notebook, instructor, 1, {})
    wrong = [
        (q.grade_id, q.message) for q in ours.questions if q.status not in ("passed", "manual")
    ]
    assert wrong == []
    scores = {q.grade_id: q.score for q in ours.questions}
    # Stock nbgrader takes a question's points for a line on stderr while its test runs.
    assert {q.grade_id: q.score for q in theirs.questions} == {**scores, "neuron": 0.0}
