"""The scores of a lab, written to exports/ for an LMS or as a plain table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.course.collected import read_record
from autograder.course.course import Course, Lab
from autograder.course.roster import Roster
from autograder.errors import AutograderError
from autograder.export.fill_gradebook import FilledGradebook, GradebookFiller, LeftOut
from autograder.export.format_scores import format_scores
from autograder.export.row_matcher import RowMatcher
from autograder.export.student_scores import StudentScore, student_scores
from autograder.files import replace_surrogates, write_atomically
from autograder.lms.lms import Lms


@dataclass(frozen=True)
class ExportOptions:
    """How to export a lab's scores.

    Args:
        lms: the LMS; None writes a plain table.
        fill: the LMS' gradebook file, as downloaded.
        column: the file's column of this lab; None looks for the lab's title.
        scale: whether to scale the points to the LMS' maximum.
    """

    lms: Lms | None = None
    fill: Path | None = None
    column: str | None = None
    scale: bool = False

    def check(self) -> None:
        """Check that these options go together.

        Raises:
            AutograderError: they don't, or the LMS reads no marks.
        """
        if self.lms is None:
            given = {"--fill": self.fill, "--column": self.column, "--scale": self.scale}
            for name in (name for name, value in given.items() if value):
                raise AutograderError(
                    f"{name} is for an LMS' file", "name the LMS, for example: --format canvas"
                )
            return
        self.lms.require_gradebook()
        if self.fill is None:
            raise AutograderError(
                f"{self.lms.title} reads marks only from {self.lms.gradebook}",
                f"download it and pass it with --fill FILE ({self.lms.gradebook_menu})",
            )


def export_scores(
    course: Course, lab: Lab, roster: Roster | None, options: ExportOptions
) -> tuple[Path, FilledGradebook]:
    """Write the scores of a lab into exports/; returns the path and what is in it.

    Raises:
        AutograderError: nothing has been graded, or the LMS' file can't be filled.
    """
    options.check()
    scores = student_scores(course, lab, roster)
    if options.lms is None or options.fill is None:
        path, filled = course.exports_dir / f"{lab.name}.csv", _fill_table(scores, roster)
    else:
        lms, fill = options.lms, options.fill
        students = (one.student for one in scores)
        matcher = RowMatcher(students, roster, read_record(course, lab))
        filler = GradebookFiller(fill, scores, matcher, options.scale)
        filled = filler.fill(lms.gradebook_layout(filler.rows, lab, options.column))
        path = course.exports_dir / f"{lab.name}-{lms.name}{lms.gradebook_suffix(fill)}"
    write_atomically(path, filled.content)
    return path, filled


def _fill_table(scores: list[StudentScore], roster: Roster | None) -> FilledGradebook:
    marks = {one.student: one.final.score for one in scores if one.final and not one.missing}
    left_out = [
        LeftOut(one.student, one.missing, one.has_submitted) for one in scores if one.missing
    ]
    text = replace_surrogates(format_scores(scores, roster))
    return FilledGradebook(text.encode(), marks, left_out)
