"""The instructor's page of the whole course."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course, Lab
from autograder.course.roster import Roster
from autograder.errors import AutograderError
from autograder.gradebook.student_names import read_student_names
from autograder.marks.course_total import CourseTotal, add_up_labs
from autograder.marks.final_score import FinalScore, Policies
from autograder.marks.scorecard import read_scorecards
from autograder.report.draw_lab_shares import draw_lab_shares
from autograder.report.page_figure import PageFigure
from autograder.report.report_page import NEEDS_HELP, find_newest, summarize_shares, write_page


@dataclass(frozen=True)
class _Column:
    """One lab with at least one graded submission."""

    lab: Lab
    finals: Mapping[str, FinalScore]
    points: float
    waiting: list[str]
    graded: frozenset[str]

    @property
    def shares(self) -> list[float]:
        return [final.share for student, final in self.finals.items() if student in self.graded]


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
        roster: the class; without it, only students with a submission are known.

    Raises:
        AutograderError: nothing has been graded yet, or the page can't be written.
    """
    policies = Policies(course)
    columns = list(_make_columns(course, policies))
    if not columns:
        raise AutograderError(
            f"no lab of {course.root} has been graded yet",
            "run: autograder grade LAB, for each lab",
        )
    rows = list(_make_rows(course, roster, policies, columns))
    struggling = [row for row in rows if row.total.share < NEEDS_HELP]
    graded = {column.lab.name for column in columns}
    known = frozenset().union(*(column.graded for column in columns))
    newest = find_newest(course.results_dir.glob("*/*.json"))
    labs = draw_lab_shares({column.lab.name: column.shares for column in columns})
    return write_page(
        course,
        "course",
        "report/course.html.j2",
        columns=columns,
        rows=rows,
        as_of=newest.astimezone(course.timezone),
        not_graded=[lab for lab in course.labs() if lab.name not in graded],
        unfinished=[column for column in columns if column.waiting],
        struggling=sorted(struggling, key=lambda row: row.total.share),
        labs=PageFigure.of(*labs),
        absent=len([row for row in rows if row.student not in known]),
        **summarize_shares([row.total.share for row in rows if row.student in known], "student"),
    )


def _make_columns(course: Course, policies: Policies) -> Iterator[_Column]:
    for lab in course.labs():
        if not any((course.results_dir / lab.name).glob("*.json")):
            continue
        cards = read_scorecards(course, lab)
        finals = {card.student: policies.find_final_score(lab, card) for card in cards}
        points = max((final.max_score for final in finals.values()), default=0.0)
        waiting = [student for student, final in finals.items() if final.undecided]
        graded = frozenset(card.student for card in cards if card.is_graded)
        yield _Column(lab, finals, points, waiting, graded)


def _make_rows(
    course: Course, roster: Roster | None, policies: Policies, columns: list[_Column]
) -> Iterator[_Row]:
    points = {column.lab.name: column.points for column in columns}
    names = read_student_names(course, roster)
    listed = {person.id for person in roster.people} if roster else set()
    for student in sorted({*listed, *(s for column in columns for s in column.finals)}):
        finals = {column.lab.name: column.finals.get(student) for column in columns}
        total = add_up_labs(course, finals, points)
        free = sum(policies.count_free_days(column.lab, student) for column in columns)
        yield _Row(student, names.get(student, ""), finals, total, free)
