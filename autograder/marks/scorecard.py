"""A student's marks for a lab as they stand: the automatic ones and those given by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from autograder.course.course import Course, Lab
from autograder.course.source_notebooks import list_questions
from autograder.engine.wire.note import NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.errors import AutograderError
from autograder.gradebook.hand_grading import HandGrading, HandMark, read_hand_grading
from autograder.marks.outcome import Outcome
from autograder.marks.unanswered import explain_unanswered
from autograder.results.results import Results
from autograder.results.verdict import SubmissionStatus, Verdict

# What a question without points came to, by its status; no marks for any other status.
_OUTCOMES = {
    Status.ERROR: Outcome.ERROR,
    Status.TIMEOUT: Outcome.TIMEOUT,
    Status.LIMIT: Outcome.LIMIT,
    Status.MISSING: Outcome.MISSING,
}


@dataclass(frozen=True)
class Mark:
    """One question's marks.

    Args:
        notebook: the name of the notebook that asks it.
        grade_id: the question.
        score: points earned; None while a person has still to give them.
        max_score: points that can be earned.
        outcome: what became of the question.
        message: the sentence for the student; empty where all is well.
        by_hand: whether a person gave the points.
        needs_person: whether a person has to look, for the first time or again.
        extra: whether the points are extra credit, on top of the lab's points.
    """

    notebook: str
    grade_id: str
    score: float | None
    max_score: float
    outcome: Outcome
    message: str = ""
    by_hand: bool = False
    needs_person: bool = False
    extra: bool = False


@dataclass(frozen=True)
class Scorecard:
    """One student's marks.

    Args:
        verdict: the verdict of automatic grading.
        marks: one for each question, in the lab's order.
        comments: what the instructor wrote, by notebook and cell.
        penalty: points that nbgrader takes off for lateness; not taken off `score`.
    """

    verdict: Verdict
    marks: tuple[Mark, ...]
    comments: dict[tuple[str, str], str]
    penalty: float = 0.0

    @property
    def student(self) -> str:
        return self.verdict.student

    @property
    def is_graded(self) -> bool:
        """Whether at least a part of the submission could be graded."""
        return self.verdict.status is SubmissionStatus.GRADED

    @property
    def isolation(self) -> list[str]:
        """What puts the marks in doubt: weak isolation, or tests that failed on the solution."""
        return self.list_notes(NoteKind.ISOLATION, NoteKind.UNPROVEN)

    @property
    def notes(self) -> list[str]:
        """What was repaired, or why the submission could not be graded."""
        others = (NoteKind.ISOLATION, NoteKind.UNPROVEN, NoteKind.CLOSE, NoteKind.IN_KERNEL)
        found = [note.text for note in self.verdict.notes if note.kind not in others]
        trusted = self.list_notes(NoteKind.IN_KERNEL)
        if len(trusted) > 1:
            trusted = [f"{len(trusted)} tests were judged in the student's kernel"]
        return found + trusted

    def list_notes(self, *kinds: NoteKind) -> list[str]:
        """The notes of some kinds."""
        return [note.text for note in self.verdict.notes if note.kind in kinds]

    @property
    def close_marks(self) -> list[str]:
        """Marks that were decided close to a threshold: a person should look at them."""
        return self.list_notes(NoteKind.CLOSE)

    @property
    def decided(self) -> list[Mark]:
        """The questions that have their marks."""
        return [mark for mark in self.marks if mark.score is not None]

    @property
    def score(self) -> float:
        """Points earned so far."""
        return sum(mark.score or 0.0 for mark in self.decided)

    @property
    def max_score(self) -> float:
        """Points that can be earned in all; extra credit comes on top."""
        return sum(mark.max_score for mark in self.marks if not mark.extra)

    @property
    def waiting(self) -> float:
        """Points that a person has still to decide on."""
        return sum(mark.max_score for mark in self.marks if mark.score is None)

    @property
    def share(self) -> float:
        """Points earned as a share of those decided so far; above 1 with extra credit."""
        decided = self.max_score - sum(
            mark.max_score for mark in self.marks if mark.score is None and not mark.extra
        )
        return self.score / decided if decided else 0.0


def read_scorecards(course: Course, lab: Lab) -> list[Scorecard]:
    """The marks of every student with a result, sorted by student.

    Raises:
        AutograderError: nothing has been graded yet.
    """
    results = Results(course.results_dir / lab.name).read_all()
    if not results:
        raise AutograderError(
            f"no results of {lab.name} in {course.results_dir / lab.name}",
            f"run: autograder grade {lab.name}",
        )
    by_hand, questions = read_hand_grading(course, lab), list_questions(course, lab)
    return [
        make_scorecard(
            result.verdict,
            by_hand.get(result.verdict.student, HandGrading()),
            questions,
            lab,
            result.notebooks,
        )
        for result in results
    ]


def make_scorecard(
    verdict: Verdict,
    by_hand: HandGrading,
    questions: dict[str, list[str]],
    lab: Lab | None = None,
    notebooks: Mapping[str, NotebookNode] | None = None,
) -> Scorecard:
    """Combine the verdict with the marks by hand as nbgrader does: marks by hand win.

    Args:
        verdict: the automatic part.
        by_hand: the student's part of `read_hand_grading`.
        questions: the lab's questions, by notebook (`list_questions`).
        lab: the lab, which may have questions for extra credit.
        notebooks: as executed; they tell an answer that is missing from a wrong one.
    """
    verdict = explain_unanswered(verdict, notebooks or {})
    extra = lab.extra_credit if lab and isinstance(lab.extra_credit, tuple) else ()
    left = {name: list(ids) for name, ids in questions.items()}
    marks = []
    for question in verdict.questions:
        # Two notebooks of a lab may use the same id, in the lab's order. A question that the lab
        # no longer asks stays with its first notebook.
        notebook = next((n for n, ids in left.items() if question.grade_id in ids), None)
        if notebook is None:
            notebook = next(iter(left), verdict.lab)
        else:
            left[notebook].remove(question.grade_id)
        mark = _make_mark(notebook, question, by_hand.marks.get((notebook, question.grade_id)))
        marks.append(replace(mark, extra=question.grade_id in extra))
    return Scorecard(verdict, tuple(marks), by_hand.comments, sum(by_hand.penalties.values()))


def _make_mark(notebook: str, question: QuestionVerdict, by_hand: HandMark | None) -> Mark:
    by_hand = by_hand or HandMark(score=None, extra_credit=0.0, needs_person=False)
    given = by_hand.score is not None
    score = None if question.status is Status.MANUAL else question.score
    if by_hand.score is not None:
        score = by_hand.score
    if score is not None:
        score += by_hand.extra_credit
    outcome = _find_outcome(question, score, given)
    return Mark(
        notebook=notebook,
        grade_id=question.grade_id,
        score=score,
        max_score=question.max_score,
        outcome=outcome,
        message="" if outcome is Outcome.FULL else question.message,
        by_hand=given,
        needs_person=score is None or (given and by_hand.needs_person),
    )


def _find_outcome(question: QuestionVerdict, score: float | None, by_hand: bool) -> Outcome:
    if score is None:
        return Outcome.WAITING
    if (question.status is Status.PASSED and not by_hand) or score >= question.max_score > 0:
        return Outcome.FULL
    if score > 0:
        return Outcome.PART
    return Outcome.NONE if by_hand else _OUTCOMES.get(question.status, Outcome.NONE)
