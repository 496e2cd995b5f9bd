"""`autograder report`."""

from __future__ import annotations

from typing import Annotated

import typer

from autograder.cli.console import CourseDir, RosterFile, open_course, out, read_roster_file


def report(
    lab: Annotated[
        str | None, typer.Argument(metavar="[LAB]", help="Default: the whole course.")
    ] = None,
    roster: RosterFile = None,
    course_dir: CourseDir = None,
) -> None:
    """Write one page on how the class did: scores, hard questions, who needs help.

    Reads results/ and the marks by hand in gradebook.db; writes reports/LAB.html, a single file
    that works offline. Without LAB, reports/course.html shows every student over all labs, with
    late work, dropped labs and extra credit as course.toml says.

    Examples: [bold]autograder report 01[/] · [bold]autograder report[/] ·
    [bold]autograder report 01_mlp_mnist --course-dir ~/course[/]
    """
    from autograder.report import write_course_report, write_report

    course = open_course(course_dir)
    people = read_roster_file(course, roster)
    if lab is None:
        out.print(write_course_report(course, people), markup=False)
    else:
        out.print(write_report(course, course.lab(lab), people), markup=False)
