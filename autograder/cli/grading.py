"""Grading a lab with the progress shown: what `grade`, `demo` and `lint` have in common."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.cli.console import err
from autograder.cli.progress import follow
from autograder.course import Course, Lab
from autograder.scheduling import Grading
from autograder.stock import StockEngine
from autograder.verdict import Verdict


@dataclass(frozen=True)
class Graded:
    """A lab's verdicts by student, and how many of them were there already."""

    verdicts: list[Verdict]
    unchanged: int


def grade_lab(course: Course, lab: Lab, workers: int = 2, force: bool = False) -> Graded:
    """Grade all submissions of a lab that are new, showing how far it is."""
    grading = Grading(course, lab, workers=workers, force=force)
    with StockEngine(course, lab) as engine:
        err.print(f"isolation: {engine.isolation}")
        outcomes = follow(grading.run(engine), total=len(grading.submissions))
    verdicts = sorted((o.result.verdict for o in outcomes), key=lambda verdict: verdict.student)
    return Graded(verdicts, unchanged=sum(not outcome.fresh for outcome in outcomes))
