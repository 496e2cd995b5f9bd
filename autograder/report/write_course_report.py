"""The instructor's page of the whole course."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean, median

from autograder.course.course import Course, Lab
from autograder.course.roster import Roster
from autograder.errors import AutograderError
from autograder.files import write_atomically
from autograder.marks.course_total import CourseTotal, course_total
from autograder.marks.final_score import FinalScore, Policies
from autograder.marks.scorecard import scorecards
from autograder.pages import render
from autograder.report.figure import drawn
from autograder.report.lab_shares import lab_shares
from autograder.report.score_distribution import score_distribution

NEEDS_HELP = 0.5
"""Below this part of the points, a student is listed as in need of help."""


@dataclass(frozen=True)
class _Column:
    """One lab that has been graded for anybody."""

    lab: Lab
    finals: Mapping[str, FinalScore]
    points: float
    waiting: list[str]

    @property
    def shares(self) -> list[float]:
        return [final.share for final in self.finals.values()]


@dataclass(frozen=True)
class _Row:
    """One student over all labs."""

    student: str
    name: str
    finals: Mapping[str, FinalScore | None]
    total: CourseTotal
    free_days: float


def write_course_report(course: Course, roster: Roster | None = None) -> Path:
    """Write `reports/course.html`: every student over all labs graded so far; returns its path.

    Args:
        course: the course.
        roster: the class; None knows only who handed something in.

    Raises:
        AutograderError: nothing has been graded yet, or the page can't be written.
    """
    policies = Policies(course)
    columns = list(_columns(course, policies))
    if not columns:
        raise AutograderError(
            f"no lab of {course.root} has been graded yet",
            "run: autograder grade LAB, for each lab",
        )
    points = {column.lab.name: column.points for column in columns}
    names = {person.id: person.name for person in roster.people} if roster else {}
    students = sorted({*names, *(s for column in columns for s in column.finals)})
    rows = []
    for student in students:
        finals = {column.lab.name: column.finals.get(student) for column in columns}
        total = course_total(course, finals, points)
        free = sum(policies.free_days(column.lab, student) for column in columns)
        rows.append(_Row(student, names.get(student, ""), finals, total, free))
    newest = max(p.stat().st_mtime for p in course.results_dir.glob("*/*.json"))
    shares = [row.total.share for row in rows]
    page = render(
        "report/course.html.j2",
        course=course,
        columns=columns,
        rows=rows,
        as_of=datetime.fromtimestamp(newest).astimezone(course.timezone),
        mean=mean(shares),
        median=median(shares),
        not_graded=[lab for lab in course.labs() if lab.name not in points],
        unfinished=[column for column in columns if column.waiting],
        strugglers=sorted(
            (row for row in rows if row.total.share < NEEDS_HELP), key=lambda row: row.total.share
        ),
        needs_help=NEEDS_HELP,
        distribution=drawn(*score_distribution(shares, of="student")),
        labs=drawn(*lab_shares({column.lab.name: column.shares for column in columns})),
    )
    path = course.reports_dir / "course.html"
    write_atomically(path, page)
    return path


def _columns(course: Course, policies: Policies) -> Iterator[_Column]:
    for lab in course.labs():
        if not any((course.results_dir / lab.name).glob("*.json")):
            continue
        finals = {card.student: policies.final(lab, card) for card in scorecards(course, lab)}
        points = max((final.max_score for final in finals.values()), default=0.0)
        waiting = [student for student, final in finals.items() if final.undecided]
        yield _Column(lab, finals, points, waiting)
