"""`autograder demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from autograder.cli.console import err, out
from autograder.course.course import Course


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where the class is made.")
    ] = Path("demo-course"),
    lab: Annotated[
        str, typer.Option(metavar="LAB", help="The lab that the class hands in.")
    ] = "01",
    workers: Annotated[int, typer.Option(min=1, help="Submissions graded at the same time.")] = 2,
) -> None:
    """A whole class, from release to report, on data that is here.

    Makes a class in a new folder, releases the lab, grades what the class hands in, and shows
    the scores beside those that were expected. Exit code 1: some score differs.

    Example: [bold]autograder demo[/]
    """
    from autograder.authoring import demo as a_class
    from autograder.cli.grading import grade_lab
    from autograder.feedback import write_feedback
    from autograder.report import write_report

    course = a_class.create_demo_course(Course.find(), folder)
    chosen = course.lab(lab)
    students = a_class.make_demo_class(course, chosen)
    for student in students:
        a_class.submit(course, chosen, student)
    out.print(f"{len(students)} students have handed in {chosen.name}.")
    verdicts = {v.student: v for v in grade_lab(course, chosen, workers=workers).verdicts}

    table = Table(title=chosen.name, title_justify="left")
    table.add_column("student")
    table.add_column("handed in", max_width=60)
    table.add_column("score", justify="right")
    table.add_column("expected", justify="right")
    table.add_column("")
    wrong = []
    for student in students:
        verdict = verdicts[student.name]
        marks = {q.grade_id: q.score for q in verdict.questions if q.grade_id in student.marks}
        right = verdict.status == student.status and marks == student.marks
        if not right:
            differ = {q: m for q, m in marks.items() if m != student.marks.get(q)}
            wrong.append(f"{student.name}: {verdict.status}, {differ}; expected {student.marks}")
        table.add_row(
            escape(student.name),
            escape(student.story),
            f"{verdict.score:g}",
            f"{sum(student.marks.values()):g}",
            "[green]✓[/]" if right else "[red]✗[/]",
        )
    out.print(table)
    pages = write_feedback(course, chosen)
    page = write_report(course, chosen)
    out.print(f"report     {page}")
    out.print(f"feedback   {len(pages)} pages in {course.feedback_dir}")
    out.print(f"gradebook  {course.root / 'gradebook.db'}")
    if wrong:
        for line in wrong:
            err.print(f"error: {line}", markup=False)
        raise typer.Exit(1)
    out.print("[green]Every score is as expected.[/]")
