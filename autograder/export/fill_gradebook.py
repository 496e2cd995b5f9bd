"""The gradebook file of an LMS, filled with marks and otherwise left as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.course.csv_file import format_csv, read_csv
from autograder.course.roster import Person
from autograder.errors import AutograderError
from autograder.export.row_matcher import RowMatcher
from autograder.export.student_scores import StudentScore, max_score
from autograder.files import replace_surrogates
from autograder.lms.gradebook_layout import GradebookLayout
from autograder.lms.read_roster import read_people


@dataclass(frozen=True)
class LeftOut:
    """A student whose mark is not in the file that was written.

    Args:
        student: the student's id, or the name in the LMS' file.
        reason: why.
        needs_action: whether a person has to do something about it.
    """

    student: str
    reason: str
    needs_action: bool


@dataclass(frozen=True)
class FilledGradebook:
    """A file to upload.

    Args:
        content: the file.
        marks: the marks in it, by student.
        left_out: the students without a mark in it.
    """

    content: bytes
    marks: dict[str, float]
    left_out: list[LeftOut]


class GradebookFiller:
    """Puts marks into an LMS' gradebook file.

    A mark that is not certain is not written: what the LMS had stays.

    Args:
        path: the file, as the LMS exported it.
        scores: everybody's score.
        matcher: finds a row's student.
        scale: whether to scale the points to the LMS' maximum.

    Raises:
        AutograderError: the file can't be read.
    """

    def __init__(
        self, path: Path, scores: list[StudentScore], matcher: RowMatcher, scale: bool
    ) -> None:
        self._path, self._matcher, self._scale = path, matcher, scale
        self._scores = {one.student: one for one in scores}
        self._file = read_csv(path)
        if not self.rows or not self.rows[0]:
            raise AutograderError(f"{path} is empty", "export it again")
        self._marks: dict[str, float] = {}
        self._left_out: list[LeftOut] = []

    @property
    def rows(self) -> list[list[str]]:
        """The rows of the file, the header first."""
        return self._file.rows

    def fill(self, layout: GradebookLayout) -> FilledGradebook:
        """Fill the file.

        Args:
            layout: its columns.

        Raises:
            AutograderError: the LMS has other points for the lab and `scale` is not set.
        """
        width = len(self.rows[0])
        for row, person in zip(self.rows, read_people(self._file), strict=True):
            row += [""] * (width - len(row))
            if person is not None:
                self._fill_row(row, person, layout)
        listed = {*self._marks, *(one.student for one in self._left_out)}
        for one in self._scores.values():
            if one.student not in listed:
                reason = f"not in the LMS' file ({one.missing or 'has a mark'})"
                self._left_out.append(LeftOut(one.student, reason, True))
        kept = ([row[column] for column in layout.kept] for row in self.rows)
        text = format_csv(kept, self._file.dialect, layout.quote_all)
        content = replace_surrogates(text).encode(self._encoding(layout))
        return FilledGradebook(content, self._marks, self._left_out)

    def _fill_row(self, row: list[str], person: Person, layout: GradebookLayout) -> None:
        students = self._matcher.find_students(person)
        if len(students) != 1:
            who = f"{person.name} ({person.id})" if person.id != person.name else person.name
            many = f"may be {' or '.join(sorted(students))}" if students else "no submission"
            self._left_out.append(LeftOut(who, f"in the LMS' file; {many}", bool(students)))
            return
        score = self._scores[next(iter(students))]
        reason = self._reason_to_skip(score, layout, row)
        if not reason and score.final is not None:
            highest = layout.max_points(row)
            mark = round(score.final.score * self._factor(highest), 2)
            if layout.refuses_bonus and highest is not None and mark > highest:
                reason = f"{mark:g} is more than the {highest:g} points that the LMS accepts"
            else:
                self._marks[score.student] = mark
                row[layout.grade] = f"{mark:g}".replace(".", "," if layout.decimal_comma else ".")
        if reason:
            self._left_out.append(LeftOut(score.student, reason, score.has_submitted))

    def _reason_to_skip(self, score: StudentScore, layout: GradebookLayout, row: list[str]) -> str:
        if score.student in self._marks:
            return "two rows of the LMS' file are about this student; the second stays as it is"
        if not score.missing and layout.is_locked(row):
            return "the LMS accepts no mark: it is locked there"
        return score.missing

    def _factor(self, highest: float | None) -> float:
        points = max_score(self._scores.values())
        # An assignment of 0 points is how an LMS does extra credit.
        if not highest or highest == points:
            return 1.0
        if not points:
            raise AutograderError(
                f"{self._path} has {highest:g} points for this lab, whose questions are all extra "
                "credit",
                "set the assignment to 0 points in the LMS",
            )
        if not self._scale:
            raise AutograderError(
                f"{self._path} has {highest:g} points for this lab, the course has {points:g}",
                "set the points in the LMS, or scale the marks to its points: --scale",
            )
        return highest / points

    def _encoding(self, layout: GradebookLayout) -> str:
        encoding = self._file.encoding
        if encoding == "cp1252":  # a spreadsheet's: no LMS reads it
            return "utf-8-sig"
        is_wide = encoding.startswith(("utf-16", "utf-32"))
        return "utf-8" if is_wide and not layout.keeps_utf_16 else encoding
