"""What an engine makes of one notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import determine_grade

from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.notebooks.cell_roles import grade_id, is_test_cell


@dataclass(frozen=True)
class JudgedNotebook:
    """A notebook that has been run and judged.

    Args:
        notebook: the executed notebook; a test cell's outputs say what nbgrader would read there.
        questions: a verdict for each graded cell, in the notebook's order.
        seconds: wall time.
        peak_memory_mb: largest resident memory of the student's code, in MiB.
        notes: what a reader of the scores has to know.
    """

    notebook: NotebookNode
    questions: tuple[QuestionVerdict, ...]
    seconds: float
    peak_memory_mb: float
    notes: tuple[str, ...] = ()


def with_verdicts(notebook: NotebookNode, questions: Iterable[QuestionVerdict]) -> NotebookNode:
    """The notebook, its test cells with outputs that nbgrader reads as the verdicts say.

    nbgrader gives all points where there is no error to be seen: a test that never ran, for want of
    time or because it cost its verifier, would earn them in the gradebook.
    """
    verdicts = {question.grade_id: question for question in questions}
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_test_cell(cell):
            verdict = verdicts[grade_id(cell)]
            if _read_by_nbgrader(cell) != verdict.score:
                kept = [output for output in cell.outputs if not _counts(output)]
                cell.outputs = [*kept, *_saying(verdict)]
    return notebook


def _read_by_nbgrader(cell: NotebookNode) -> float | None:
    try:
        return determine_grade(cell)[0]
    except Exception:  # for more points than there are, and whatever odd output it stumbles over
        return None


def _counts(output: NotebookNode) -> bool:
    return output.output_type in ("error", "execute_result") or output.get("name") == "stderr"


def _saying(verdict: QuestionVerdict) -> Iterator[NotebookNode]:
    if not verdict.score:
        why = verdict.message or "no points"
        yield new_output("error", ename=verdict.status, evalue=why, traceback=[why])
    elif verdict.score < verdict.max_score:
        yield new_output("execute_result", {"text/plain": repr(verdict.score)})
