"""A submission that a packed lab has graded, as students may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course.submissions import Submission
from autograder.engine.wire.note import NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.errors import AutograderError
from autograder.feedback.hidden_tests import HiddenTests
from autograder.marks.unanswered import explain_unanswered
from autograder.notebooks.cell_roles import automatic_points, grade_id, graded_cells
from autograder.pack.packed_lab import PackedLab
from autograder.results.results import Result
from autograder.results.verdict import SubmissionStatus

# What only the instructor needs to know.
_FOR_INSTRUCTOR = (
    NoteKind.ISOLATION,
    NoteKind.UNPROVEN,
    NoteKind.CLOSE,
    NoteKind.IN_KERNEL,
    NoteKind.LOST_VERIFIER,
)
_QUOTES_A_TEST = "The check failed. Its message would show a hidden test."


@dataclass(frozen=True)
class ElsewhereMark:
    """A question's points.

    Args:
        name: The question; with its notebook where the lab has several.
        score: Points earned.
        max_score: Points that can be earned; 0 for extra credit.
        passed: Whether all its points are earned.
        message: The sentence for the student; empty where all is well.
    """

    name: str
    score: float
    max_score: float
    passed: bool
    message: str


@dataclass(frozen=True)
class GradedElsewhere:
    """A graded submission.

    Args:
        marks: One for each question that tests decide.
        by_hand: The questions that a person grades, with their points.
        is_graded: Whether any part of the submission could be graded.
        notes: Sentences for the student.
        remarks: Sentences for the instructor only.
        seconds: Wall time that grading took.
    """

    marks: tuple[ElsewhereMark, ...]
    by_hand: tuple[tuple[str, float], ...]
    is_graded: bool
    notes: tuple[str, ...]
    remarks: tuple[str, ...]
    seconds: float

    @property
    def score(self) -> float:
        """The points earned."""
        return sum(mark.score for mark in self.marks)

    @property
    def max_score(self) -> float:
        """The points that can be earned, without extra credit."""
        return sum(mark.max_score for mark in self.marks)


def grade_elsewhere(packed: PackedLab, folder: Path, say: Callable[[str], None]) -> GradedElsewhere:
    """Grade the submission in a folder.

    Args:
        packed: The lab.
        folder: The submitted files.
        say: Called with what the instructor should know: the isolation, the kernel.

    Raises:
        AutograderError: The engine does not start here.
    """
    submission = Submission("the submission", packed.lab, folder)
    try:
        submission.check_files()
    except (AutograderError, OSError) as error:
        return show(packed, packed.marking.make_failed_result(submission, "", error))
    with packed.recipe.start(say) as engine:
        return show(packed, packed.marking.mark(engine, submission, ""))


def show(packed: PackedLab, result: Result) -> GradedElsewhere:
    """Leave out of a result what a student must not see."""
    verdict = explain_unanswered(result.verdict, result.notebooks)
    questions = iter(verdict.questions)
    marks: list[ElsewhereMark] = []
    by_hand: list[tuple[str, float]] = []
    for notebook, source in packed.marking.sources.items():
        executed = result.notebooks.get(notebook)
        hidden = HiddenTests(executed, packed.markers) if executed else None
        automatic = automatic_points(source)
        prefix = f"{notebook}: " if len(packed.marking.sources) > 1 else ""
        for cell, question in zip(graded_cells(source), questions, strict=False):
            name = prefix + question.grade_id
            if grade_id(cell) not in automatic:
                by_hand.append((name, question.max_score))
                continue
            marks.append(_show_question(name, question, hidden, question.grade_id in packed.extra))
    return GradedElsewhere(
        tuple(marks),
        tuple(by_hand),
        verdict.status is SubmissionStatus.GRADED,
        tuple(n.text for n in verdict.notes if n.kind not in _FOR_INSTRUCTOR),
        tuple(n.text for n in verdict.notes if n.kind in _FOR_INSTRUCTOR),
        verdict.seconds,
    )


def _show_question(
    name: str, question: QuestionVerdict, hidden: HiddenTests | None, is_extra: bool
) -> ElsewhereMark:
    passed = question.status is Status.PASSED
    quotes = hidden is not None and hidden.are_shown_in(question.message)
    return ElsewhereMark(
        name + (" (extra credit)" if is_extra else ""),
        question.score,
        0.0 if is_extra else question.max_score,
        passed,
        _QUOTES_A_TEST if quotes else question.message,
    )


def describe_for_instructor(graded: GradedElsewhere) -> Iterator[str]:
    """Yield the lines of the instructor's log."""
    for mark in graded.marks:
        yield f"{mark.name}: {mark.score:g}/{mark.max_score:g} {mark.message}".rstrip()
    yield f"points: {graded.score:g}/{graded.max_score:g}"
    yield from (f"by hand: {name}, {points:g} points" for name, points in graded.by_hand)
    yield from graded.notes
    yield from (f"instructor only: {remark}" for remark in graded.remarks)
