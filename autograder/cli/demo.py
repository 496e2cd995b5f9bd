"""`autograder demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from autograder.cli.console import err, out
from autograder.cli.grade import Workers
from autograder.course.course import Course

if TYPE_CHECKING:
    from autograder.authoring.demo import Student
    from autograder.results.verdict import Verdict


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where the course is made.")
    ] = Path("demo-course"),
    lab: Annotated[str, typer.Option(metavar="LAB", help="The lab that the class submits.")] = "01",
    workers: Workers = 2,
) -> None:
    """Grade a whole class, from release to report, without any download.

    Makes a course in a new folder, with the labs of the course around the current folder or, where
    there is none, with a small lab. Releases the lab, grades the submissions of a class, and shows
    the scores beside the expected ones. Exit code 1: a score differs.

    Example: [bold]autograder demo[/]
    """
    from autograder.authoring import demo as a_class
    from autograder.cli.grade_lab import Check, grade_lab
    from autograder.feedback import write_feedback
    from autograder.report import write_report

    course = a_class.create_demo_course(Course.look_for(Path.cwd()), folder)
    chosen = course.lab(lab)
    students = a_class.make_demo_class(course, chosen)
    for student in students:
        a_class.submit(course, chosen, student)
    out.print(f"{len(students)} students have submitted {chosen.name}.")
    graded = grade_lab(course, chosen, workers, allows_weak=True, check=Check.NONE)
    verdicts = {v.student: v for v in graded.verdicts}
    out.print(_make_table(chosen.name, students, verdicts))
    pages = write_feedback(course, chosen)
    page = write_report(course, chosen)
    out.print(f"report     {page}")
    out.print(f"feedback   {len(pages)} pages in {course.feedback_dir}")
    out.print(f"gradebook  {course.root / 'gradebook.db'}")
    wrong = [student for student in students if not _is_expected(student, verdicts[student.name])]
    for student in wrong:
        err.print(f"error: {_describe_error(student, verdicts[student.name])}", markup=False)
    if wrong:
        raise typer.Exit(1)
    out.print("[green]Every score is as expected.[/]")


def _make_table(title: str, students: list[Student], verdicts: dict[str, Verdict]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("student")
    table.add_column("submission", max_width=60)
    table.add_column("score", justify="right")
    table.add_column("expected", justify="right")
    table.add_column("")
    for student in students:
        verdict = verdicts[student.name]
        table.add_row(
            escape(student.name),
            escape(student.story),
            f"{verdict.score:g}",
            f"{sum(student.marks.values()):g}",
            "[green]✓[/]" if _is_expected(student, verdict) else "[red]✗[/]",
        )
    return table


def _find_marks(student: Student, verdict: Verdict) -> dict[str, float]:
    """The automatic marks, by question."""
    return {q.grade_id: q.score for q in verdict.questions if q.grade_id in student.marks}


def _is_expected(student: Student, verdict: Verdict) -> bool:
    marks = _find_marks(student, verdict)
    return verdict.status is student.status and marks == student.marks


def _describe_error(student: Student, verdict: Verdict) -> str:
    marks = _find_marks(student, verdict).items()
    different = {q: mark for q, mark in marks if mark != student.marks.get(q)}
    return f"{student.name}: {verdict.status}, {different}; expected {student.marks}"
