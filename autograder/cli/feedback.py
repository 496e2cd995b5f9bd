"""`autograder feedback`."""

from __future__ import annotations

from typing import Annotated

import typer

from autograder.cli.console import CourseDir, LabName, err, open_course, out
from autograder.lms.registry import LMSS, LmsName


def feedback(
    lab: LabName,
    to: Annotated[
        LmsName | None, typer.Option(help="Pack the pages in one zip file for that LMS.")
    ] = None,
    course_dir: CourseDir = None,
) -> None:
    """Write a page for every student: marks, what went wrong in words, their own notebook.

    Reads results/ and what people marked in gradebook.db; writes
    feedback/STUDENT/LAB/LAB.html, as nbgrader does. Hidden tests are not shown. With --to, the
    pages are also packed into one zip file in exports/; exit code 1: a student's page is not in it.

    Examples: [bold]autograder feedback 01[/] ·
    [bold]autograder feedback 01 --to canvas[/] ·
    [bold]autograder feedback 01_mlp_mnist --course-dir ~/course[/]
    """
    from rich.progress import track

    from autograder.feedback import iter_feedback
    from autograder.feedback.pack_feedback import pack_feedback

    lms = LMSS[to.value] if to is not None else None
    if lms is not None:
        lms.require_feedback()
    course = open_course(course_dir)
    chosen = course.lab(lab)
    pages = iter_feedback(course, chosen)
    written = list(track(pages, "feedback", console=err, disable=not err.is_terminal))
    out.print(f"{len(written)} pages of {chosen.name} in {course.feedback_dir}")
    if lms is None:
        return
    path, left_out = pack_feedback(course, chosen, written, lms)
    out.print(f"packed for {lms.name}: {path}", markup=False)
    if left_out:
        students = ", ".join(left_out)
        reason = f"not in it, because the submissions were not collected from {lms.title}"
        err.print(f"{reason}: {students}", markup=False)
        raise typer.Exit(1)
