"""`autograder feedback`."""

from __future__ import annotations

from autograder.cli.console import CourseDir, LabName, chosen_course, err, out


def feedback(lab: LabName, course_dir: CourseDir = None) -> None:
    """Write a page for every student: marks, what went wrong in words, their own notebook.

    Reads results/ and what people marked in gradebook.db; writes
    feedback/STUDENT/LAB/LAB.html, as nbgrader does. Hidden tests are not shown.

    Examples: [bold]autograder feedback 01[/] ·
    [bold]autograder feedback 01_mlp_mnist --course-dir ~/course[/]
    """
    from rich.progress import track

    from autograder.feedback import feedback_pages

    course = chosen_course(course_dir)
    chosen = course.lab(lab)
    pages = feedback_pages(course, chosen)
    written = list(track(pages, "feedback", console=err, disable=not err.is_terminal))
    out.print(f"{len(written)} pages of {chosen.name} in {course.feedback_dir}")
