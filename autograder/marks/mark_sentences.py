"""What students read about their marks, in one place."""

from __future__ import annotations

from datetime import datetime

from autograder.marks.outcome import Outcome

OUTCOMES = {
    Outcome.FULL: "full marks",
    Outcome.PART: "part of the marks",
    Outcome.NONE: "no marks",
    Outcome.ERROR: "stopped with an error",
    Outcome.TIMEOUT: "ran too long",
    Outcome.LIMIT: "met a limit",
    Outcome.MISSING: "no answer",
    Outcome.WAITING: "waiting for a person",
}
NOT_ANSWERED = "This question, or an earlier one that it needs, is not answered yet."
TIME_UNKNOWN = "It is not decided yet when this was handed in, and whether that costs points."


def describe_nbgrader_penalty(points: float) -> str:
    """Why nbgrader's own plugin takes points off."""
    return f"Handed in late: {_describe_deduction(points)}."


def describe_extension(due: datetime) -> str:
    """The due date of a student with an extension."""
    return f"Extension to {due:%d %B %Y, %H:%M %Z}."


def describe_too_late(days: int, latest: float) -> str:
    """Why a submission earns nothing."""
    return f"{_describe_days(days)}, more than the {latest:g} that are accepted."


def describe_free_days_unknown(days: int) -> str:
    """Why lateness costs nothing so far."""
    return f"{_describe_days(days)}; how much of that is free is not decided yet."


def describe_penalty(days: int, free: float, points: float) -> str:
    """What lateness costs.

    Example:
        >>> describe_penalty(3, 1, 2.0)
        'Handed in 3 days late (1 free): 2 points are taken off.'
        >>> describe_penalty(1, 1, 0.0)
        'Handed in 1 day late (1 free).'
    """
    in_all = f"{_describe_days(days)} ({free:g} free)" if free else _describe_days(days)
    return f"{in_all}: {_describe_deduction(points)}." if points else f"{in_all}."


def _describe_days(days: int) -> str:
    return f"Handed in {days} day{'s' * (days != 1)} late"


def _describe_deduction(points: float) -> str:
    return f"{points:.3g} point{' is' if points == 1 else 's are'} taken off"
