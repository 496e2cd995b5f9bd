"""What the command line says about grading, in one place."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from autograder.results.verdict import SubmissionStatus, Verdict

if TYPE_CHECKING:
    from autograder.grading.reference_check import ReferenceReport


CHECK_ADVICE = (
    "correct the tests or the solution, or what this machine lacks (autograder doctor); tests that "
    "need the student's kernel: autograder adopt; or grade in spite of it: --anyway"
)


def describe_verdict(verdict: Verdict) -> str:
    """A submission's points, or why it could not be graded.

    Example:
        >>> describe_verdict(Verdict("ada", "01", SubmissionStatus.GRADED, 4.5, 10))
        'ada: 4.5/10'
    """
    if verdict.status is SubmissionStatus.FAILED:
        return f"{verdict.student}: not graded: {describe_failure(verdict)}"
    return f"{verdict.student}: {verdict.score:g}/{verdict.max_score:g}"


def describe_failure(verdict: Verdict) -> str:
    """Why a submission could not be graded, and what else its notes say."""
    return "; ".join(verdict.repairs)


def describe_run(lab: str, verdicts: Collection[Verdict], unchanged: int) -> str:
    """How many submissions of a lab were graded."""
    failed = sum(verdict.status is SubmissionStatus.FAILED for verdict in verdicts)
    return (
        f"{len(verdicts)} submissions of {lab}: {len(verdicts) - failed} graded"
        + (f" ({unchanged} unchanged, not run again)" if unchanged else "")
        + (f", {failed} failed" if failed else "")
    )


def describe_unsolved(notebook: str) -> str:
    """Which tests cannot be checked because their notebook holds no answers."""
    return f"{notebook}.ipynb holds no answers: its tests were not checked before grading"


def describe_failed_check(lab: str, report: ReferenceReport) -> str:
    """Which questions of a lab give its solution or its stub wrong marks, and why."""
    lines = "".join(f"\n  {finding}" for finding in report.findings)
    return (
        f"the tests of {lab} do not work here. The instructor's solution must get all points and "
        f"the released notebook none, but:{lines}"
    )


def describe_interruption(done: int, total: int) -> str:
    """What a run that was stopped has recorded."""
    return f"{done} of {total} are graded and in the gradebook"


def describe_unbuildable_source(error: Exception, source: str) -> str:
    """Why a lab is graded with a notebook that may be old."""
    return f"{error}; graded with {source}.ipynb as it was built before"


def describe_stale_notebook(source: str, lab: str) -> str:
    """Which notebook differs from its source, and what to do."""
    return (
        f"{source}.ipynb differs from what {source}.py makes, and this run grades with it: run "
        f"autograder build {lab}, then autograder grade {lab} --force"
    )
