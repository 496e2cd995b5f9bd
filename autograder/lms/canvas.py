"""Canvas.

Its bulk download has all files in one folder: `lastfirst_LATE_12345_67890_name-1.ipynb`. Canvas
itself reads such names when files are uploaded again: the first two parts that are numbers are the
user's and the file's (canvas-lms, `infer_comment_context_from_filename`). Its gradebook file is
read back by `lib/gradebook_importer.rb` of canvas-lms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from autograder.course.course import Lab
from autograder.course.roster import ANONYMOUS
from autograder.course.roster_columns import (
    ColumnNames,
    RosterColumns,
    find_roster_columns,
    lower_header,
)
from autograder.errors import AutograderError
from autograder.lms.gradebook_layout import (
    GradebookLayout,
    find_grade_column,
    has_decimal_comma,
    parse_points,
)
from autograder.lms.lms import Lms
from autograder.lms.submitted_file import SubmittedFile

if TYPE_CHECKING:
    from autograder.lms.download import DownloadedFile

_NAME = re.compile(r"(?P<name>.*?)(?:_(?P<late>LATE))?_(?P<user>\d+)_(?P<file>\d+)_(?P<own>.+)")
# In anonymous grading, Canvas writes an id of this one assignment in place of name and user.
_ANONYMOUS = re.compile(r"(?:(?P<late>LATE)_)?anon_(?P<anonymous>[^_]+)_(?P<rest>.+)", re.DOTALL)
# A text or a link that was typed has no file's number.
_TYPED = r"(?:text|link)(?:-\d+)?\.html"
_ENTRY = re.compile(rf"(?P<name>.*?)(?:_(?P<late>LATE))?_(?P<user>\d+)_(?P<own>{_TYPED})")
_ANONYMOUS_REST = re.compile(rf"(?P<file>\d+)_(?P<own>.+)|(?P<typed>{_TYPED})", re.DOTALL)
_COLUMN_ID = re.compile(r"\s*\(\d+\)$")


class Canvas(Lms):
    """Canvas: numbers users and files, marks late files, takes feedback and marks."""

    name = "canvas"
    title = "Canvas"
    column_names = {"id": ("sis user id", "sis login id"), "canvas": ("canvas_id", "canvas id")}
    not_students = frozenset({"points possible", "student, test", "manual posting", "muted"})
    gradebook = "the Canvas gradebook"
    gradebook_menu = "in Canvas: Grades, Export, Export Entire Gradebook"
    takes_feedback = True
    flags_late = True
    lms_name = re.compile(rf"_\d+_\d+_|^(?:LATE_)?anon_[^_]+_(?:\d+_|{_TYPED}$)|_\d+_{_TYPED}$")

    def read_part(self, file: DownloadedFile, place: int) -> SubmittedFile | None:
        part = file.path.parts[place]
        if place + 1 < len(file.path.parts):
            return None
        if anonymous := _read_anonymous(file, part):
            return anonymous
        match = _NAME.fullmatch(part) or _ENTRY.fullmatch(part)
        if match is None:
            return None
        return SubmittedFile(
            downloaded=file,
            path=PurePosixPath(match["own"]),
            # Two students may have one name; a user's number is the same in every lab.
            student=f"{match['name']}-{match['user']}",
            name=match["name"],
            ids={"canvas": match["user"]},
            late=match["late"] is not None,
            number=int(match.groupdict().get("file") or 0),
        )

    def roster_columns(self, rows: Sequence[list[str]], names: ColumnNames) -> RosterColumns | None:
        header = lower_header(rows)
        there = set(header)
        is_gradebook = {"id", "section"} <= there and bool({"student", "lastname"} & there)
        if not is_gradebook and not {"sis user id", "sis login id"} & there:
            return None
        columns = find_roster_columns(rows, names)
        # In the gradebook "ID" is Canvas' own number; the school's id is another column.
        number = {"canvas": header.index("id")} if is_gradebook else {}
        return replace(columns, ids={**columns.ids, **number})

    def gradebook_layout(
        self, rows: Sequence[list[str]], lab: Lab, column: str | None
    ) -> GradebookLayout:
        """The columns up to "Section", and the lab's own: an upload then changes nothing else."""
        header = [name.strip() for name in rows[0]]
        if "Section" not in header or not {"Student", "LastName"} & set(header):
            raise AutograderError(
                f"this is not {self.gradebook}; its columns are: {', '.join(header[:6])}",
                self.gradebook_menu,
            )
        section = header.index("Section")
        titles = {n: _COLUMN_ID.sub("", header[n]) for n in range(section + 1, len(header))}
        grade = find_grade_column(titles, rows, lab, column, self.gradebook)
        possible = next((row for row in rows if row and "Points Possible" in row[0]), None)
        comma = has_decimal_comma(rows, grade)
        points = parse_points(possible[grade], comma) if possible else None
        return GradebookLayout(
            kept=[*range(section + 1), grade],
            grade=grade,
            max_points=lambda row: points,
            decimal_comma=comma,
            is_locked=lambda row: row[grade].strip().upper() in {"EX", "N/A"},
        )

    def feedback_name(self, student: str, file: SubmittedFile | None, page: str) -> str | None:
        """The name of the submission, whose numbers count: `lastfirst_12345_67890_PAGE`."""
        if file is None or not file.number:  # Canvas takes no page for a typed text
            return None
        return file.downloaded.path.name.removesuffix(file.path.name) + page


def _read_anonymous(file: DownloadedFile, part: str) -> SubmittedFile | None:
    """A file of anonymous grading; None for any other."""
    match = _ANONYMOUS.fullmatch(part)
    rest = _ANONYMOUS_REST.fullmatch(match["rest"]) if match else None
    if match is None or rest is None:
        return None
    name = f"anon-{match['anonymous']}"
    return SubmittedFile(
        downloaded=file,
        path=PurePosixPath(rest["own"] or rest["typed"]),
        student=name,
        name=name,
        ids={ANONYMOUS: match["anonymous"]},
        late=match["late"] is not None,
        number=int(rest["file"] or 0),
    )
