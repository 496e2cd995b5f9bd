"""What an engine makes of one notebook."""

from __future__ import annotations

from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.verdict import QuestionVerdict


@dataclass(frozen=True)
class Graded:
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
