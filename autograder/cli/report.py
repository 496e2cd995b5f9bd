"""`autograder report`."""

from __future__ import annotations

from autograder.cli.console import CourseDir, LabName, chosen_course, out


def report(lab: LabName, course_dir: CourseDir = None) -> None:
    """Write one page on how the class did: scores, hard questions, who needs help.

    Reads results/ and what people marked in gradebook.db; writes reports/LAB.html, which is
    complete in itself and works offline.

    Examples: [bold]autograder report 01[/] ·
    [bold]autograder report 01_mlp_mnist --course-dir ~/course[/]
    """
    from autograder.report import write_report

    course = chosen_course(course_dir)
    out.print(write_report(course, course.lab(lab)), markup=False)
