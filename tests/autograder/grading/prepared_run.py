"""`python prepared_run.py COURSE [SECONDS]`: a grading run with prepared marks.

Scheduling, results, gradebook and messages are those of `autograder grade`; only the engine,
which needs TensorFlow, is replaced: every student has full marks, after SECONDS each.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli import app as command_line
from autograder.cli.progress import show_progress
from autograder.course.course import Course
from autograder.course.submissions import Submission
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.grading.marking import Marking
from autograder.grading.run import GradingRun
from autograder.notebooks.forms import solve_notebook
from autograder.notebooks.reading.repair_notebook import repair_notebook
from autograder.results.results import Result
from autograder.results.verdict import SubmissionStatus, Verdict


class Prepared:
    """Workers that give full marks.

    Args:
        seconds: how long each submission takes.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def grade(
        self, marking: Marking, todo: Iterable[tuple[Submission, str]]
    ) -> Generator[tuple[Submission, Result]]:
        """Full marks for all."""
        ((name, source),) = marking.sources.items()
        executed, _ = repair_notebook(solve_notebook(source), source, marking.released[name])
        marks = [c.metadata.nbgrader for c in executed.cells if c.metadata]
        questions = tuple(
            QuestionVerdict(
                m.grade_id, *((0.0, m.points, Status.MANUAL) if m.solution else make_full(m))
            )
            for m in marks
            if m.grade
        )
        for submission, fingerprint in todo:
            time.sleep(self._seconds)
            score = sum(question.score for question in questions)
            status = SubmissionStatus.GRADED
            verdict = Verdict(submission.student, name, status, score, 10.0, questions=questions)
            yield submission, Result(fingerprint, 1, verdict, {name: executed})


def make_full(mark) -> tuple[float, float, Status]:
    return mark.points, mark.points, Status.PASSED


def grade(root: Path, seconds: Annotated[float, typer.Argument()] = 0.0) -> None:
    """Grade the course's only lab."""
    course = Course(root)
    grading = GradingRun(course, course.labs()[0])
    graded = show_progress(grading.run(Prepared(seconds)), len(grading.submissions))
    print(f"{sum(one.is_new for one in graded)} of {len(graded)} were graded now")


if __name__ == "__main__":
    command_line.app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    command_line.app.command()(grade)
    command_line.run()
