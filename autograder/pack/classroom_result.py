"""Marks in the form of result.json, as Classroom 50 reads it, and as a page for GitHub.

https://github.com/foundation50/classroom50/wiki/Advanced-Autograding
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from autograder.files import make_printable
from autograder.pack.graded_elsewhere import ElsewhereMark, GradedElsewhere

_SCHEMA = "classroom50/result/v1"
# A key of result.json, and the variables that may hold it; the first that is set counts.
_FROM_ENVIRONMENT = {
    "classroom": ("CLASSROOM",),
    "assignment": ("ASSIGNMENT",),
    "assignment_type": ("ASSIGNMENT_TYPE",),
    "owner": ("OWNER", "USERNAME", "GITHUB_REPOSITORY_OWNER"),
    "submission": ("SUBMISSION_TAG", "GITHUB_SHA"),
    "commit": ("COMMIT_URL",),
    "release": ("RELEASE_URL",),
    "review": ("REVIEW_URL", "COMMIT_URL"),
}
STATEMENT = (
    "These are the visible checks only. The instructor grades with hidden tests as well, which are "
    "not in this repository: what is here, its owner can read and change."
)
_MARKUP = str.maketrans({letter: f"\\{letter}" for letter in "\\`*_[]<>|#!&"})


def make_result(
    lab: str, graded: GradedElsewhere, environment: Mapping[str, str]
) -> dict[str, Any]:
    """Make the content of result.json.

    Args:
        lab: The lab's name.
        graded: The graded submission.
        environment: The variables of Classroom 50 and of GitHub Actions.
    """
    about = {
        key: next((environment[name] for name in names if environment.get(name)), "")
        for key, names in _FROM_ENVIRONMENT.items()
    }
    about["assignment"] = about["assignment"] or lab
    about["assignment_type"] = about["assignment_type"] or "individual"
    return {
        "schema": _SCHEMA,
        **about,
        "datetime": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": _shorten(graded.score),
        "max-score": _shorten(graded.max_score),
        "tests": [_make_test(mark) for mark in graded.marks],
        "notes": [STATEMENT, *graded.notes],
    }


def make_summary(title: str, graded: GradedElsewhere) -> str:
    """Make the page that GitHub shows for the run, in Markdown."""
    lines = [f"### {_escape(title)}: {graded.score:g}/{graded.max_score:g}", ""]
    if not graded.is_graded:
        lines += [f"**Not graded.** {_escape('; '.join(graded.notes))}", ""]
    lines += ["| question | points | |", "| --- | --- | --- |"]
    for mark in graded.marks:
        says = _escape(mark.message) or ("✓" if mark.passed else "")
        lines.append(f"| {_escape(mark.name)} | {mark.score:g}/{mark.max_score:g} | {says} |")
    lines += [f"| {_escape(name)} | –/{points:g} | by hand |" for name, points in graded.by_hand]
    return "\n".join([*lines, "", STATEMENT, ""])


def _make_test(mark: ElsewhereMark) -> dict[str, Any]:
    return {
        "test-name": mark.name,
        "passed": mark.passed,
        "score": _shorten(mark.score),
        "max-score": _shorten(mark.max_score),
        "message": make_printable(mark.message, keep="\n\t"),
    }


def _shorten(points: float) -> float:
    """The points, as an integer where they are one: result.json has integers."""
    return int(points) if points == int(points) else points


def _escape(text: str) -> str:
    """A text in one line that Markdown shows as it is."""
    return " ".join(make_printable(text, keep="\n\t").split()).translate(_MARKUP)
