"""Brightspace (D2L).

Its download of submissions has one folder for each attempt, named by the numbers of the user and
the assignment, the student's name and the time:
`12345-678901 - Ada Lovelace - Feb 5, 2027 1159 PM/`. Some sites get files of such names instead,
`… 1159 PM - lab.ipynb`, and some write the username before the name. `index.html` beside the
folders is Brightspace's own list. Feedback files go back in folders of the same names.

Its grades file has the columns `OrgDefinedId`, `Username` and `End-of-Line Indicator`, ids with a
`#` before them, and marks in `ITEM Points Grade <Numeric MaxPoints:10 …>`. D2L asks to import no
other columns (community.d2l.com, "Importing grades").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from autograder.course.course import Lab
from autograder.course.read_times import read_times
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

_TIME = r"(?:(?! - ).)*?\d{4}(?:(?! - ).)*"
_FOLDER = re.compile(rf"(?P<user>\d+)-\d+ - (?P<name>.+) - (?P<time>{_TIME})")
_FILE = re.compile(
    rf"(?P<attempt>(?P<user>\d+)-\d+ - (?P<name>.+?) - (?P<time>{_TIME})) - (?P<own>.+)"
)
# Names of files have no colon: `Feb 5, 2027 105 AM`, `5 February 2027 2359`.
_BARE = re.compile(r"(?<=\d{4} )(\d{1,2})(\d{2})(?!\d)")
_COLUMN = re.compile(r"(?P<title>.+) Points Grade(?:\s*<.*?\bMaxPoints:(?P<points>[\d.,]+).*>)?")


class Brightspace(Lms):
    """Brightspace: keeps attempts apart with their times, takes feedback and marks."""

    name = "brightspace"
    title = "Brightspace"
    column_names = {"id": ("orgdefinedid",), "brightspace": ("brightspace_id", "brightspace id")}
    gradebook = "a Brightspace grades file"
    gradebook_menu = "in Brightspace: Grades, Enter Grades, Export; key field Both, Points Grade"
    takes_feedback = True
    lms_name = re.compile(r"^\d+-\d+ - ")

    def read_download(
        self, files: list[DownloadedFile], lab: str, notebooks: Collection[str]
    ) -> Iterator[SubmittedFile]:
        for submitted in super().read_download(files, lab, notebooks):
            is_list = submitted.downloaded.path.name.lower() in {"index.html", "index.htm"}
            if submitted.name or not is_list:
                yield submitted

    def read_part(self, file: DownloadedFile, place: int) -> SubmittedFile | None:
        part, own = file.path.parts[place], file.path.parts[place + 1 :]
        if own:
            match = _FOLDER.fullmatch(part)
            return _submitted_file(file, match, PurePosixPath(*own), part) if match else None
        match = _FILE.fullmatch(part)
        if match is None:
            return None
        return _submitted_file(file, match, PurePosixPath(match["own"]), match["attempt"])

    def roster_columns(self, rows: Sequence[list[str]], names: ColumnNames) -> RosterColumns | None:
        if not {"orgdefinedid", "end-of-line indicator"} & set(lower_header(rows)):
            return None
        # Where a school has no ids, there may be a lone "#".
        bare = [rows[0], *([cell.removeprefix("#") for cell in row] for row in rows[1:])]
        columns = find_roster_columns(bare, names)
        return replace(columns, prefix="#")

    def gradebook_layout(
        self, rows: Sequence[list[str]], lab: Lab, column: str | None
    ) -> GradebookLayout:
        """The keys, the lab's own column, and the last one, which ends each line."""
        header = lower_header(rows)
        keys = [n for n, name in enumerate(header) if name in {"orgdefinedid", "username"}]
        lines = [row for row in rows[1:] if any(map(str.strip, row))]
        if not keys or not all(row[-1].strip() == "#" for row in lines):
            raise AutograderError(
                f"this is not {self.gradebook}; its columns are: {', '.join(rows[0][:6])}",
                self.gradebook_menu,
            )
        items = {n: m for n, name in enumerate(rows[0]) if (m := _COLUMN.fullmatch(name.strip()))}
        titles = {n: match["title"] for n, match in items.items()}
        grade = find_grade_column(titles, rows, lab, column, self.gradebook)
        comma = has_decimal_comma(rows, grade)
        points = parse_points(items[grade]["points"] or "", comma)
        return GradebookLayout(
            kept=[*keys, grade, len(header) - 1],
            grade=grade,
            max_points=lambda row: points,
            decimal_comma=comma,
        )

    def feedback_name(self, student: str, file: SubmittedFile | None, page: str) -> str | None:
        """The folder of the attempt, or the name of a file in its place, as downloaded."""
        if file is None:
            return None
        is_folder = file.attempt in file.downloaded.path.parts
        return f"{file.attempt}/{page}" if is_folder else f"{file.attempt} - {page}"


def _submitted_file(
    file: DownloadedFile, match: re.Match[str], path: PurePosixPath, attempt: str
) -> SubmittedFile:
    return SubmittedFile(
        downloaded=file,
        path=path,
        student=match["name"],
        name=match["name"],
        ids={"brightspace": match["user"]},
        submitted=_parse_time(match["time"]),
        attempt=attempt,
    )


def _parse_time(text: str) -> datetime | None:
    """The time in a name, in the time zone of the site; None where it is not certain."""
    match = _BARE.search(text)
    spelled = (
        f"{text[: match.start()]}{match[1]}:{match[2]}{text[match.end() :]}" if match else text
    )
    return read_times([spelled])[0].time
