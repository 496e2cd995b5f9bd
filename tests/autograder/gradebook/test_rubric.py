"""The rubric is below the answer in `autograded/`, and nowhere else."""

from __future__ import annotations

import nbformat

from autograder.course.course import Course
from tests.autograder.graded_class import lay_down
from tests.autograder.tiny_course import LAB, solved


def test_rubric_stands_below_the_answer_and_only_in_autograded(course: Course) -> None:
    result = lay_down(course, "Zoë", solved(course))
    path = course.autograded_dir / "Zoë" / LAB / f"{LAB}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    answer = next(n for n, c in enumerate(cells) if "curves" in str(c.metadata.get("nbgrader")))
    rubric = cells[answer + 1]
    assert rubric.source.startswith("**Model answer and rubric**")
    assert "learns the training set by heart" in rubric.source and "###" not in rubric.source
    assert "nbgrader" not in rubric.metadata and nbformat.validate(nbformat.read(path, 4)) is None
    assert "Model answer" not in str(result.notebooks[LAB])
