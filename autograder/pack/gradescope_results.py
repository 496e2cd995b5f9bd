"""Marks in the form of Gradescope's results.json.

https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

from typing import Any

from autograder.files import make_printable
from autograder.pack.graded_elsewhere import ElsewhereMark, GradedElsewhere

# Gradescope's values for who sees a test, and when.
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
_NOT_GRADED = "Not graded."
_LONGEST = 5_000


def make_results(graded: GradedElsewhere, visibility: str) -> dict[str, Any]:
    """Make the content of results.json.

    Args:
        graded: The graded submission.
        visibility: Who sees the questions' results, in Gradescope's word.
    """
    results: dict[str, Any] = {
        "output": _clean("\n".join(_list_sentences(graded))),
        "output_format": "text",
        "visibility": "visible",
        # The log says what only the instructor should know.
        "stdout_visibility": "hidden",
        "execution_time": round(graded.seconds),
        "extra_data": {"graded": graded.is_graded},
        "tests": [_make_test(mark, visibility) for mark in graded.marks],
    }
    if not graded.marks:
        results["score"] = 0.0
    return results


def make_failure(reason: str) -> dict[str, Any]:
    """Make the content of results.json where the grader itself failed.

    Args:
        reason: What happened, in a sentence for the student.
    """
    return {
        "score": 0.0,
        "output": _clean(
            f"{_NOT_GRADED} {reason}\nThe 0 shown here is not your mark: it says that no mark was "
            "computed. Submit again; if this message comes again, tell your instructor."
        ),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"graded": False},
        "tests": [],
    }


def _list_sentences(graded: GradedElsewhere) -> list[str]:
    """What the student reads above the questions."""
    sentences = []
    if not graded.is_graded:
        reason = "; ".join(graded.notes) or "No notebook of the lab was found."
        advice = "Submit the lab's notebook as an .ipynb file."
        sentences.append(f"{_NOT_GRADED} {reason}\n{advice}")
    else:
        sentences += [f"Note: {note}" for note in graded.notes]
    for name, points in graded.by_hand:
        sentences.append(f"{name}: graded by hand, {points:g} points, not included in this score.")
    return sentences


def _make_test(mark: ElsewhereMark, visibility: str) -> dict[str, Any]:
    return {
        "name": _clean(mark.name),
        "score": mark.score,
        "max_score": mark.max_score,
        "status": "passed" if mark.passed else "failed",
        "output": _clean(mark.message or ("All checks passed." if mark.passed else "")),
        "output_format": "text",
        "visibility": visibility,
    }


def _clean(text: str) -> str:
    return make_printable(text, keep="\n\t")[:_LONGEST]
