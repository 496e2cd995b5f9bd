"""`autograder lint`: prove that a lab's tests grade as its author intended."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from nbformat import NotebookNode

from autograder.authoring.believed_values import find_beliefs
from autograder.authoring.build import find_stale_files
from autograder.authoring.cases import Case
from autograder.authoring.combined_cases import combine_cases
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
    paths = find_stale_files(course, lab)
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
    combine: bool = False,
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
        combine: Grade mistakes in different questions in one notebook; where that one's marks are
            not as expected, each mistake in a notebook of its own.
    """
    instructor = make_instructor_notebook(course, lab)
    grade = partial(_grade, engine, instructor, release_notebook(instructor))
    runs = [
        (case, seed)
        for seed in seeds
        for case in (combine_cases(cases, seed) if combine else cases)
    ]
    with ThreadPoolExecutor(workers) as pool:
        for outcomes, (_, seed) in zip(pool.map(grade, runs), runs, strict=True):
            for case, outcome in outcomes:
                if stability is not None and isinstance(outcome, JudgedNotebook):
                    stability.add(case, outcome)
                for finding in _describe(case, outcome):
                    subject = finding.subject + (f", seed {seed}" if len(seeds) > 1 else "")
                    yield replace(finding, subject=subject)


def _describe(case: Case, outcome: JudgedNotebook | AutograderError) -> Iterator[Finding]:
    """Yield a finding for a case, or for each case that was combined into it."""
    if isinstance(outcome, AutograderError):
        yield Finding(case.name, False, str(outcome))
        return
    problems = case.find_problems(outcome)
    questions = [q for q in outcome.questions if q.grade_id in case.marks]
    score, most = sum(q.score for q in questions), sum(q.max_score for q in questions)
    detail = f"{score:g} of {most:g} points, {outcome.seconds:.1f} s"
    for part in case.parts or (case,):
        others = len(case.parts) - 1
        together = f", together with {others} other{'s' * (others > 1)}" if case.parts else ""
        yield Finding(part.name, not problems, "; ".join(problems) or detail + together)


def _grade(
    engine: Grader, instructor: NotebookNode, released: NotebookNode, run: tuple[Case, int]
) -> list[tuple[Case, JudgedNotebook | AutograderError]]:
    """Grade a case; if it is combined and its marks are not as expected, grade its parts."""
    case, seed = run
    try:
        notebook, _ = repair_notebook(case.notebook, instructor, released)
        outcome = engine.grade(notebook, instructor, seed, {})
    except AutograderError as error:
        if not case.parts:
            return [(case, error)]
    else:
        if not case.parts or not case.find_problems(outcome):
            return [(case, outcome)]
    return [
        one for part in case.parts for one in _grade(engine, instructor, released, (part, seed))
    ]
