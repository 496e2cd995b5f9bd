"""`autograder lint`: prove that a lab's tests grade as its author intended."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

from nbformat import NotebookNode

from autograder.authoring.believed_values import find_beliefs
from autograder.authoring.build import find_stale_notebooks
from autograder.authoring.cases import Case, CaseKind
from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.authoring.stability import Stability
from autograder.course.course import Course, Lab
from autograder.engine.engine import Engine
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.errors import AutograderError
from autograder.notebooks.cell_roles import grade_id, is_test_cell
from autograder.notebooks.forms import release_notebook
from autograder.notebooks.names import KERNEL_NAMES, find_bound_names, find_student_names
from autograder.notebooks.reading.repair_notebook import repair_notebook


class Grader(Protocol):
    """An engine: ours or stock nbgrader."""

    def grade(
        self, notebook: NotebookNode, source: NotebookNode, seed: int, files: Mapping[str, bytes]
    ) -> JudgedNotebook:
        """Run and judge a notebook."""
        ...


class RepeatingGrader:
    """Our engine, which runs each quick test cell under further hidden seeds.

    Args:
        engine: The engine.
        repeats: The number of further seeds.
    """

    def __init__(self, engine: Engine, repeats: int) -> None:
        self._engine, self._repeats = engine, repeats

    def grade(
        self, notebook: NotebookNode, source: NotebookNode, seed: int, files: Mapping[str, bytes]
    ) -> JudgedNotebook:
        """Run and judge a notebook; see `Engine.grade`."""
        limits = self._engine.limits
        if self._repeats:
            limits = replace(limits, seconds=3600, cpu_seconds=3600)
        draw = random.Random(seed)
        more_seeds = [draw.getrandbits(64) for _ in range(self._repeats)]
        return self._engine.grade(notebook, source, seed, files, limits, more_seeds=more_seeds)


@dataclass(frozen=True)
class Finding:
    """The outcome of one check.

    Args:
        subject: What was checked.
        is_right: Whether it is right.
        detail: What was found.
        is_warning: Whether it is right, and a person should look.
    """

    subject: str
    is_right: bool
    detail: str
    is_warning: bool = False


def check_source(course: Course, lab: Lab) -> Iterator[Finding]:
    """Check a lab without running it: notebooks are up to date, test cells are complete."""
    paths = find_stale_notebooks(course, lab)
    stale = ", ".join(str(path.relative_to(course.root)) for path in paths)
    detail = f"{stale} differs: run autograder build" if stale else "up to date"
    yield Finding("notebooks", not stale, detail)
    instructor = make_instructor_notebook(course, lab)
    student_names = find_student_names(instructor)
    known = _find_known_names(instructor)
    for cell in instructor.cells:
        if not is_test_cell(cell):
            continue
        names = student_names[grade_id(cell)]
        kernel = sorted(KERNEL_NAMES & set(names))
        unknown = sorted(set(names) - known - KERNEL_NAMES)
        problems = [f"{name} exists only in the student's kernel" for name in kernel]
        problems += [f"no answer cell and no test cell binds {name}" for name in unknown]
        if "BEGIN HIDDEN TESTS" not in cell.source:
            problems.append("no hidden tests")
        if not names:
            problems.append("uses no name of the student's, so it tests nothing")
        detail = "; ".join(problems) or f"uses {', '.join(names)}"
        yield Finding(grade_id(cell), not problems, detail)
        for belief in find_beliefs(cell.source):
            yield Finding(grade_id(cell), True, belief, is_warning=True)


def _find_known_names(instructor: NotebookNode) -> set[str]:
    """Return the names that answer cells and cells without a role bind."""
    return {
        name
        for cell in instructor.cells
        if cell.cell_type == "code" and not is_test_cell(cell)
        for name in find_bound_names(cell.source)
    }


def check_cases(
    course: Course,
    lab: Lab,
    engine: Grader,
    workers: int,
    cases: list[Case],
    seeds: list[int],
    stability: Stability | None = None,
) -> Iterator[Finding]:
    """Grade cases of a lab: each must get exactly its marks, whatever the hidden seed.

    Args:
        course: The course.
        lab: The lab.
        engine: The engine that grades them.
        workers: The number of notebooks that run at the same time.
        cases: The cases.
        seeds: The hidden seeds; each case is graded under each of them.
        stability: Counts the outcomes.
    """
    instructor = make_instructor_notebook(course, lab)
    released = release_notebook(instructor)
    runs = [(case, seed) for seed in seeds for case in cases]
    with ThreadPoolExecutor(workers) as pool:
        graded = pool.map(lambda run: _grade(engine, instructor, released, *run), runs)
        for (case, seed), outcome in zip(runs, graded, strict=True):
            name = f"{case.name}, seed {seed}" if len(seeds) > 1 else case.name
            if isinstance(outcome, AutograderError):
                yield Finding(name, False, str(outcome))
                continue
            problems = case.find_problems(outcome)
            if stability is not None:
                stability.add(case, outcome)
            questions = [q for q in outcome.questions if q.grade_id in case.marks]
            score, most = sum(q.score for q in questions), sum(q.max_score for q in questions)
            detail = f"{score:g} of {most:g} points, {outcome.seconds:.1f} s"
            yield Finding(name, not problems, "; ".join(problems) or detail)


def sample_cases(cases: list[Case], every: int) -> list[Case]:
    """Return all cases but the wrong answers, and of these every n-th."""
    wrong = [case for case in cases if case.kind is CaseKind.WRONG]
    return [case for case in cases if case not in wrong] + wrong[every - 1 :: every]


def _grade(
    engine: Grader, instructor: NotebookNode, released: NotebookNode, case: Case, seed: int
) -> JudgedNotebook | AutograderError:
    try:
        notebook, _ = repair_notebook(case.notebook, instructor, released)
        return engine.grade(notebook, instructor, seed, {})
    except AutograderError as error:
        return error
