"""Grade a notebook object."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.course.course import Course, Lab
from autograder.engine.engine import Engine
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.errors import AutograderError
from autograder.grading.marking import Marking
from autograder.notebooks.reading.repair_notebook import repair_notebook


def grade_notebook(
    engine: Engine,
    course: Course,
    lab: Lab,
    notebook: NotebookNode,
    name: str | None = None,
    seed: int | None = None,
) -> JudgedNotebook:
    """Repair and grade a student's notebook as `autograder grade` does; write nothing.

    Args:
        engine: The engine, from `start_engine`.
        course: The course.
        lab: The lab.
        notebook: The student's notebook; it is not changed.
        name: The name of the lab's notebook; default: the lab's name.
        seed: The seed of the hidden tests; default: a random one.

    Returns:
        The executed notebook with a verdict for each question.

    Raises:
        AutograderError: The lab has no such notebook, or the engine does not work here.
    """
    marking, name = Marking.of(course, lab, seed), name or lab.name
    if name not in marking.sources:
        known = ", ".join(marking.sources)
        raise AutograderError(f'lab {lab.name} has no notebook "{name}"', f"its notebooks: {known}")
    source = marking.sources[name]
    repaired, _ = repair_notebook(notebook, source, marking.released[name])
    return engine.grade(
        repaired,
        source,
        marking.seed,
        marking.companions,
        in_kernel=marking.list_trusted_cells(source),
        given=marking.companions,
    )
