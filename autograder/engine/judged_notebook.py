"""What an engine makes of one notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import determine_grade

from autograder.engine.run_sentences import NO_POINTS
from autograder.engine.wire.measurement import Measurement
from autograder.engine.wire.note import Note
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.engine.wire.rejudgement import Rejudgement
from autograder.notebooks.cell_roles import (
    grade_id,
    graded_cells,
    is_test_cell,
    max_points,
)


@dataclass(frozen=True)
class JudgedNotebook:
    """A notebook that has been run and judged.

    Args:
        notebook: the executed notebook; nbgrader reads the verdicts in its test cells' outputs.
        questions: a verdict for each graded cell, in the notebook's order.
        seconds: wall time.
        peak_memory_mb: largest resident memory of the student's code, in MiB.
        notes: what a reader of the scores should know.
        measurements: what the tests compared with thresholds, by grade_id.
        rejudged: the scores of quick test cells under further hidden seeds.
    """

    notebook: NotebookNode
    questions: tuple[QuestionVerdict, ...]
    seconds: float
    peak_memory_mb: float
    notes: tuple[Note, ...] = ()
    measurements: Mapping[str, list[Measurement]] = field(default_factory=dict)
    rejudged: tuple[Rejudgement, ...] = ()


def order_verdicts(
    notebook: NotebookNode, verdicts: Mapping[str, QuestionVerdict], why: str
) -> tuple[QuestionVerdict, ...]:
    """A verdict for each graded cell, in the notebook's order.

    Args:
        notebook: the student's notebook.
        verdicts: what was decided, by grade_id.
        why: why the other tests were not.
    """
    ordered = []
    for cell in graded_cells(notebook):
        question, points = grade_id(cell), max_points(cell)
        if question in verdicts:
            ordered.append(verdicts[question])
        elif is_test_cell(cell) and cell.cell_type == "code":
            ordered.append(QuestionVerdict(question, 0.0, points, Status.LIMIT, why))
        else:
            ordered.append(QuestionVerdict(question, 0.0, points, Status.MANUAL))
    return tuple(ordered)


def write_verdicts(notebook: NotebookNode, questions: Iterable[QuestionVerdict]) -> NotebookNode:
    """The notebook, with outputs of its test cells that nbgrader reads as the verdicts.

    nbgrader gives all points where it sees no error: a test that never ran, because the time was
    used up or its verifier ended, would earn them in the gradebook.
    """
    verdicts = {question.grade_id: question for question in questions}
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_test_cell(cell):
            verdict = verdicts[grade_id(cell)]
            if _read_score(cell) != verdict.score:
                kept = [output for output in cell.outputs if not _affects_score(output)]
                cell.outputs = [*kept, *_make_outputs(verdict)]
    return notebook


def _read_score(cell: NotebookNode) -> float | None:
    """The score that nbgrader reads in a test cell."""
    try:
        score: float | None = determine_grade(cell)[0]
        return score
    except Exception:  # for more points than there are, and for odd outputs of any kind
        return None


def _affects_score(output: NotebookNode) -> bool:
    return output.output_type in ("error", "execute_result") or output.get("name") == "stderr"


def _make_outputs(verdict: QuestionVerdict) -> Iterator[NotebookNode]:
    if not verdict.score:
        why = verdict.message or NO_POINTS
        yield new_output("error", ename=verdict.status.value, evalue=why, traceback=[why])
    elif verdict.score < verdict.max_score:
        yield new_output("execute_result", {"text/plain": repr(verdict.score)})
