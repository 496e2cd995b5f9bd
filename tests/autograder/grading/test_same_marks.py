"""A class that is graded twice gets the same marks, with one worker and with two."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.grading.local_workers import LocalWorkers
from autograder.grading.run import GradingRun
from autograder.grading.start_engine import start_engine
from autograder.results.results import Results
from tests.autograder import tiny_course

SEED = 5
LUCKY = """
import random
import numpy as np

lucky = (random.random() < 0.5) ^ (np.random.default_rng().random() < 0.5) ^ (hash("a") % 2)

def neuron(x, w, b):
    return np.dot(x, w) + (b if lucky else 0)
"""


def make_lucky_notebook(course: Course, draws: int) -> NotebookNode:
    """A solved notebook whose answer is right or wrong by chance."""
    notebook = tiny_course.solved(course)
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade_id", "").startswith("neuron") and not about["grade"]:
            cell.source = LUCKY
    first = new_code_cell(f"import random\nused = [random.random() for _ in range({draws})]")
    notebook.cells.insert(0, first)
    return notebook


def grade(course: Course, workers: int) -> dict[str, tuple[float, int]]:
    """Each student's score, and the lab's seed."""
    lab = course.lab(tiny_course.LAB)
    pool = LocalWorkers(lambda: start_engine(course, lab), workers)
    graded = list(GradingRun(course, lab, force=True).run(pool))
    assert all(one.result.verdict.status == "graded" for one in graded)
    return {
        one.result.verdict.student: (one.result.verdict.score, one.result.seed) for one in graded
    }


@pytest.mark.slow
def test_marks_are_the_same_each_time(course: Course, tmp_path: Path) -> None:
    for number in range(8):
        tiny_course.submit(course, f"student-{number}", make_lucky_notebook(course, number))
    other = Course(shutil.copytree(course.root, tmp_path / "other"))
    seed_file = course.results_dir / tiny_course.LAB / "class_seed"
    seed_file.parent.mkdir(parents=True)
    seed_file.write_text(f"{SEED:032x}", encoding="ascii")
    marks = grade(course, workers=1)
    assert len({score for score, _ in marks.values()}) == 2  # luck decides between students
    assert grade(course, workers=2) == marks
    assert {seed for _, seed in marks.values()} == {SEED}
    # Another class draws another seed.
    assert SEED not in {seed for _, seed in grade(other, workers=2).values()}


def test_damaged_seed_is_explained(tmp_path: Path) -> None:
    (tmp_path / "class_seed").write_text("seven", encoding="ascii")
    with pytest.raises(AutograderError, match="class_seed does not hold a seed"):
        Results(tmp_path).read_class_seed()
