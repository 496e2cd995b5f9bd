"""Compare how a lab's test cells grade outside the student's kernel and in it, as nbgrader does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from autograder.course.course import Course, Lab
from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.grading.marking import Marking
from autograder.grading.reference_check import (
    SOLUTION,
    STUB,
    find_solved_notebooks,
    grade_references,
)
from autograder.grading.run import Workers
from autograder.notebooks.cell_roles import grade_id, is_test_cell
from autograder.notebooks.names import find_bound_names, find_read_names

_ROUNDS = 3
Graded = dict[str, dict[str, list[QuestionVerdict]]]


@dataclass(frozen=True)
class CellComparison:
    """How a test cell grades the solution and the stub, outside the kernel and in it.

    Args:
        notebook: The notebook's name.
        grade_id: The test cell.
        max_score: Its points.
        outside: The points of the solution and of the stub outside the student's kernel.
        inside: The same in the student's kernel.
        reason: Why the solution misses points, outside the kernel or in both.
    """

    notebook: str
    grade_id: str
    max_score: float
    outside: tuple[float, float]
    inside: tuple[float, float]
    reason: str = ""

    @property
    def is_same(self) -> bool:
        """Whether the cell grades both references in the same way."""
        return self.outside == self.inside

    @property
    def needs_trust(self) -> bool:
        """Whether only the student's kernel grades both references as they must be."""
        is_better = self.outside[0] < self.inside[0] or self.outside[1] > self.inside[1]
        is_worse = self.outside[0] > self.inside[0] or self.outside[1] < self.inside[1]
        return is_better and not is_worse

    @property
    def is_right_in_kernel(self) -> bool:
        """Whether the solution gets all points in the kernel and the stub gets none."""
        return self.inside == (self.max_score, 0.0)


@dataclass(frozen=True)
class Adoption:
    """What a lab needs to be graded as nbgrader grades it.

    Args:
        cells: The test cells, in the lab's order, without any trust.
        trust: The cells that need the student's kernel, and why.
        trusting: The test cells once more, with these cells in the kernel.
        unsolved: Notebooks without answers in them: only their stub could be compared.
    """

    cells: tuple[CellComparison, ...]
    trust: Mapping[str, str]
    trusting: tuple[CellComparison, ...]
    unsolved: tuple[str, ...] = ()


def compare_lab(course: Course, lab: Lab, workers: Workers) -> Adoption:
    """Grade the solution and the stub of a lab outside the kernel, in it, and with what it needs.

    Args:
        course: The course.
        lab: The lab.
        workers: Do the grading.

    Raises:
        AutograderError: The lab cannot be graded.
    """
    marking, config = Marking.of(course, lab), course.nbgrader_config

    def grade(trust: str | tuple[str, ...]) -> Graded:
        return grade_references(lab, replace(marking, trust=trust), config, workers)

    inside, outside = grade("kernel"), grade(())
    cells = _compare(marking, outside, inside)
    trust = {cell.grade_id: _find_reason(cell) for cell in cells if cell.needs_trust}
    trusting = cells
    for _ in range(_ROUNDS if trust else 0):
        # A test may need what an earlier test defines, which is now on the other side.
        trusting = _compare(marking, grade(tuple(trust)), inside)
        left = [cell for cell in trusting if cell.needs_trust]
        new = {c.grade_id: _find_reason(c) for c in left if c.grade_id not in trust}
        for cell in left:
            new |= _find_needed_tests(marking.sources[cell.notebook], cell.grade_id, trust)
        if not new:
            break
        trust |= new
    solved = find_solved_notebooks(marking, config)
    unsolved = tuple(name for name in marking.sources if name not in solved and inside[STUB][name])
    return Adoption(cells, trust, trusting, unsolved)


def _compare(marking: Marking, outside: Graded, inside: Graded) -> tuple[CellComparison, ...]:
    return tuple(
        _compare_cell(name, *verdicts)
        for name in marking.sources
        for verdicts in zip(
            outside[SOLUTION][name],
            outside[STUB][name],
            inside[SOLUTION][name],
            inside[STUB][name],
            strict=True,
        )
    )


def _compare_cell(
    notebook: str,
    solution: QuestionVerdict,
    stub: QuestionVerdict,
    solution_inside: QuestionVerdict,
    stub_inside: QuestionVerdict,
) -> CellComparison:
    return CellComparison(
        notebook,
        solution.grade_id,
        solution.max_score,
        (solution.score, stub.score),
        (solution_inside.score, stub_inside.score),
        solution.message or solution_inside.message,
    )


def _find_needed_tests(source: NotebookNode, test: str, trust: Collection[str]) -> dict[str, str]:
    """The test cells above a trusted one that bind a name which it reads, and why."""
    found: dict[str, str] = {}
    cells = [cell for cell in source.cells if is_test_cell(cell) and cell.cell_type == "code"]
    wanted = next((cell for cell in cells if grade_id(cell) == test), None)
    if wanted is None or test not in trust:
        return found
    try:
        read = find_read_names(wanted.source)
        for cell in cells[: cells.index(wanted)]:
            names = sorted(find_bound_names(cell.source) & read)
            if names and grade_id(cell) not in trust:
                found[grade_id(cell)] = f"it defines {', '.join(names)} for {test}"
    except SyntaxError:
        return {}
    return found


def _find_reason(cell: CellComparison) -> str:
    if cell.outside[1] > cell.inside[1]:
        return "outside the kernel, the released notebook earns points"
    return cell.reason or "outside the kernel, the solution misses points"
