"""`autograder lint`: the proof that a lab's tests judge as its author meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from nbformat import NotebookNode

from autograder.authoring.build import stale_notebooks
from autograder.authoring.cases import Case, cases
from autograder.authoring.source import instructor_notebook
from autograder.course.course import Course, Lab
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.errors import AutograderError
from autograder.notebooks import forms
from autograder.notebooks.names import KERNEL_NAMES, bound_names, taken_names
from autograder.notebooks.reading.repair import repair

SEED = 20260101


class Grader(Protocol):
    """An engine: ours, or stock nbgrader's."""

    def grade(
        self, notebook: NotebookNode, source: NotebookNode, seed: int, files: Mapping[str, bytes]
    ) -> JudgedNotebook: ...


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what, whether it is right, and what was seen."""

    subject: str
    right: bool
    detail: str


def read_through(course: Course, lab: Lab) -> Iterator[Finding]:
    """What can be said without running anything."""
    stale = ", ".join(str(path.relative_to(course.root)) for path in stale_notebooks(course, lab))
    yield Finding(
        "notebooks", not stale, f"{stale} differs: run autograder build" if stale else "up to date"
    )
    instructor = instructor_notebook(course, lab)
    taken = taken_names(instructor)
    answered = _bound_by_answers(instructor)
    for cell in instructor.cells:
        mark = cell.metadata.get("nbgrader", {})
        if not mark.get("locked"):
            continue
        names = taken[mark["grade_id"]]
        kernel = sorted(KERNEL_NAMES & set(names))
        strange = sorted(set(names) - answered - KERNEL_NAMES)
        problems = [f"{n} exists only in the student's own kernel" for n in kernel]
        problems += [f"no answer cell and no test cell binds {n}" for n in strange]
        if "BEGIN HIDDEN TESTS" not in cell.source:
            problems.append("no hidden tests")
        if not names:
            problems.append("takes nothing of the student's: what does it judge?")
        detail = "; ".join(problems) or f"takes {', '.join(names)}"
        yield Finding(mark["grade_id"], not problems, detail)


def _bound_by_answers(instructor: NotebookNode) -> set[str]:
    cells = (c for c in instructor.cells if c.cell_type == "code")
    return {
        name
        for cell in cells
        if not cell.metadata.get("nbgrader", {}).get("locked")
        for name in bound_names(cell.source)
    }


def try_out(
    course: Course, lab: Lab, engine: Grader, workers: int, every: int = 1
) -> Iterator[Finding]:
    """Grade the solution, the stub and the wrong answers; each must get exactly its marks.

    Args:
        course: the course.
        lab: the lab.
        engine: what grades them.
        workers: notebooks run at the same time.
        every: try every n-th wrong answer only.
    """
    solution, stub, *wrong = cases(course, lab)
    found = [solution, stub, *wrong[every - 1 :: every]]
    instructor = instructor_notebook(course, lab)
    released = forms.student(instructor)
    with ThreadPoolExecutor(workers) as pool:
        graded = pool.map(lambda case: _graded(engine, instructor, released, case), found)
        for case, outcome in zip(found, graded, strict=True):
            if isinstance(outcome, AutograderError):
                yield Finding(case.name, False, str(outcome))
                continue
            problems = case.problems(outcome)
            asked = [q for q in outcome.questions if q.grade_id in case.marks]
            score, most = sum(q.score for q in asked), sum(q.max_score for q in asked)
            seen = f"{score:g} of {most:g} points, {outcome.seconds:.1f} s"
            yield Finding(case.name, not problems, "; ".join(problems) or seen)


def _graded(
    engine: Grader, instructor: NotebookNode, released: NotebookNode, case: Case
) -> JudgedNotebook | AutograderError:
    try:
        notebook, _ = repair(case.notebook, instructor, released)
        return engine.grade(notebook, instructor, SEED, {})
    except AutograderError as error:
        return error
