"""A student's points over all labs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.course.course import Course
from autograder.marks.final_score import FinalScore


@dataclass(frozen=True)
class CourseTotal:
    """A student's points over the course, so far.

    Args:
        score: points that count.
        max_score: points decided so far in the labs that count.
        dropped: the student's lowest labs, which do not count.
    """

    score: float
    max_score: float
    dropped: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The share of the points; above 1 with extra credit."""
        return self.score / self.max_score if self.max_score else 0.0


def add_up_labs(
    course: Course, finals: Mapping[str, FinalScore | None], points: Mapping[str, float]
) -> CourseTotal:
    """Add up a student's labs.

    The `drop_lowest` labs with the smallest shares of their points are left out, so a lab of few
    points is dropped as easily as one of many; at least one lab stays. A lab of extra credit adds
    to the score but not to the maximum, and is never dropped.

    Args:
        course: the course.
        finals: the student's final scores, by lab; None where the student submitted nothing,
            which counts 0. Labs without any graded submission are left out.
        points: the points that can be earned, by lab.
    """
    extra = {name for name in finals if course.lab(name).extra_credit is True}
    regular = {name: final for name, final in finals.items() if name not in extra}
    lowest = sorted(regular, key=lambda name: final.share if (final := regular[name]) else 0.0)
    most = max(0, len(regular) - 1)
    dropped = lowest[: min(course.policy.drop_lowest, most)]
    kept = [name for name in regular if name not in dropped]
    score = sum(final.score for name in [*kept, *extra] if (final := finals[name]) is not None)
    decided = sum(
        final.max_score - final.waiting if (final := finals[name]) is not None else points[name]
        for name in kept
    )
    return CourseTotal(score, decided, tuple(sorted(dropped)))
