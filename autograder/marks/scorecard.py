"""A student's marks for a lab as they stand: the automatic ones and those given by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from autograder.course.course import Course, Lab
from autograder.course.source_notebooks import list_questions
from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.errors import AutograderError
from autograder.gradebook.hand_grading import HandGrading, HandMark, hand_grading
from autograder.marks.unanswered import explain_unanswered
from autograder.results.results import Results
from autograder.results.verdict import Verdict

OUTCOMES = {
    "full": "full marks",
    "part": "part of the marks",
    "none": "no marks",
    "error": "stopped with an error",
    "timeout": "ran too long",
    "limit": "met a limit",
    "missing": "no answer",
    "waiting": "waiting for a person",
}

WEAK = "weak isolation"
"""How the engine's note begins that a submission ran without its full sandbox."""


@dataclass(frozen=True)
class Mark:
    """One question's marks.

    Args:
        notebook: the name of the notebook that asks it.
        grade_id: the question.
        score: points earned; None while a person has still to give them.
        max_score: points to be had.
        outcome: a key of `OUTCOMES`.
        message: the sentence for the student; empty where all is well.
        by_hand: whether a person gave the points.
        needs_person: whether a person has to look, for the first time or again.
        extra: whether the points are extra credit: on top of those to be had.
    """

    notebook: str
    grade_id: str
    score: float | None
    max_score: float
    outcome: str
    message: str = ""
    by_hand: bool = False
    needs_person: bool = False
    extra: bool = False


@dataclass(frozen=True)
class Scorecard:
    """One student's marks.

    Args:
        verdict: what automatic grading says.
        marks: one for each question, in the lab's order.
        comments: by notebook and cell, what the instructor wrote.
        penalty: points that nbgrader takes off for handing in late; not taken off `score`.
    """

    verdict: Verdict
    marks: tuple[Mark, ...]
    comments: dict[tuple[str, str], str]
    penalty: float = 0.0

    @property
    def student(self) -> str:
        return self.verdict.student

    @property
    def graded(self) -> bool:
        """Whether at least a part of the submission could be graded."""
        return self.verdict.status == "graded"

    @property
    def isolation(self) -> list[str]:
        """What is to be known of how weakly the student's code was isolated."""
        return [note for note in self.verdict.repairs if note.startswith(WEAK)]

    @property
    def notes(self) -> list[str]:
        """What was put right, or why the submission could not be graded."""
        return [note for note in self.verdict.repairs if not note.startswith(WEAK)]

    @property
    def given(self) -> list[Mark]:
        """The questions that have their marks."""
        return [mark for mark in self.marks if mark.score is not None]

    @property
    def score(self) -> float:
        """Points earned so far."""
        return sum(mark.score for mark in self.given)

    @property
    def max_score(self) -> float:
        """Points to be had, in all; extra credit comes on top."""
        return sum(mark.max_score for mark in self.marks if not mark.extra)

    @property
    def waiting(self) -> float:
        """Points that a person has still to decide on."""
        return sum(mark.max_score for mark in self.marks if mark.score is None)

    @property
    def share(self) -> float:
        """Points earned as a part of those that are decided, 0 to 1 and above by extra credit."""
        decided = self.max_score - sum(
            mark.max_score for mark in self.marks if mark.score is None and not mark.extra
        )
        return self.score / decided if decided else 0.0


def scorecards(course: Course, lab: Lab) -> list[Scorecard]:
    """The marks of everybody who has a result, by student.

    Raises:
        AutograderError: nothing has been graded yet.
    """
    results = Results(course.results_dir / lab.name).read_all()
    if not results:
        raise AutograderError(
            f"no results of {lab.name} in {course.results_dir / lab.name}",
            f"run: autograder grade {lab.name}",
        )
    by_hand, questions = hand_grading(course, lab), list_questions(course, lab)
    return [
        scorecard(
            result.verdict,
            by_hand.get(result.verdict.student, HandGrading()),
            questions,
            lab,
            result.notebooks,
        )
        for result in results
    ]


def scorecard(
    verdict: Verdict,
    by_hand: HandGrading,
    questions: dict[str, list[str]],
    lab: Lab | None = None,
    notebooks: Mapping[str, NotebookNode] | None = None,
) -> Scorecard:
    """Lay what people decided over what the engine did, as nbgrader does: a person's marks win.

    Args:
        verdict: the automatic part.
        by_hand: the student's part of `hand_grading`.
        questions: the lab's, by notebook (`questions_of`).
        lab: the lab, which may have questions for extra credit.
        notebooks: as executed; they tell an answer that is missing from a wrong one.
    """
    verdict = explain_unanswered(verdict, notebooks or {})
    extra = lab.extra_credit if lab and isinstance(lab.extra_credit, tuple) else ()
    left = {name: list(ids) for name, ids in questions.items()}
    marks = []
    for question in verdict.questions:
        # Two notebooks of a lab may use one id: the first comes first. One that the lab no longer
        # asks stays with its first notebook.
        notebook = next((n for n, ids in left.items() if question.grade_id in ids), None)
        if notebook is None:
            notebook = next(iter(left), verdict.lab)
        else:
            left[notebook].remove(question.grade_id)
        mark = _mark(notebook, question, by_hand.marks.get((notebook, question.grade_id)))
        marks.append(replace(mark, extra=question.grade_id in extra))
    return Scorecard(verdict, tuple(marks), by_hand.comments, sum(by_hand.penalties.values()))


def _mark(notebook: str, question: QuestionVerdict, by_hand: HandMark | None) -> Mark:
    given = by_hand is not None and by_hand.score is not None
    score = by_hand.score if given else None if question.status == "manual" else question.score
    if score is not None and by_hand is not None:
        score += by_hand.extra_credit
    outcome = _outcome(question, score, given)
    return Mark(
        notebook=notebook,
        grade_id=question.grade_id,
        score=score,
        max_score=question.max_score,
        outcome=outcome,
        message="" if outcome == "full" else question.message,
        by_hand=given,
        needs_person=score is None or (given and by_hand.needs_person),
    )


def _outcome(question: QuestionVerdict, score: float | None, by_hand: bool) -> str:
    if score is None:
        return "waiting"
    if (question.status == "passed" and not by_hand) or score >= question.max_score > 0:
        return "full"
    if score > 0:
        return "part"
    automatic = not by_hand and question.status in OUTCOMES
    return question.status if automatic else "none"
