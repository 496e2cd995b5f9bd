"""Blackboard Learn.

Its Assignment File Download has all files in one folder, each named by the assignment, the
username and the time: `gradebook_COURSE_Lab 1_ada_attempt_2027-02-05-23-59-00_lab.ipynb`. A text
file with that name and nothing behind the time is Blackboard's receipt for the attempt; it begins
with `Name: Ada Lovelace (ada)`.

Its gradebook file ("Work Offline") is UTF-16 with tabs, or CSV in quotes. Blackboard finds students
by `Username` and columns by the number at the end of `Lab 1 [Total Pts: 10 Score] |12345`
(help.blackboard.com, "Work Offline With Grade Data").
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from autograder.course.course import Lab
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
from autograder.lms.lms import Lms, unrecognized
from autograder.lms.submitted_file import SubmittedFile

if TYPE_CHECKING:
    from autograder.lms.download import DownloadedFile

# The first time in a name is Blackboard's; what the student named comes behind it.
_NAME = re.compile(r"(?P<before>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<own>.+)|\.txt)")
_RECEIPT = re.compile(r"[^:\n]*:\s*(?P<name>.*\S)\s*\((?P<username>[^()]+)\)")
_COLUMN = re.compile(r"(?P<title>.*?)\s*\[(?P<about>[^\[\]]*)\]\s*\|\s*\d+")
_POINTS = re.compile(r"\d(?:[\d.,'’\u00a0\u202f]*\d)?")


class Blackboard(Lms):
    """Blackboard: keeps attempts apart with their times, takes marks."""

    name = "blackboard"
    title = "Blackboard"
    column_names = {"id": ("username",)}
    gradebook = "a Blackboard gradebook file"
    gradebook_menu = "in Blackboard: Gradebook, Download Grades (Grade Center: Work Offline)"
    lms_name = re.compile(r"_attempt_\d{4}-")

    def read_download(
        self, files: list[DownloadedFile], lab: str, notebooks: Collection[str]
    ) -> Iterator[SubmittedFile]:
        named = [(file, self._match_name(file)) for file in files]
        attempts: dict[str, _Attempt] = {}
        for file, match in named:
            if match is not None:
                attempt = attempts.setdefault(_attempt_key(file, match), _Attempt.of(match))
                if match["own"]:
                    attempt.has_files = True
                else:
                    attempt.read_receipt(file, match["before"])
        for file, match in named:
            if match is None:
                yield unrecognized(file)
                continue
            attempt = attempts[_attempt_key(file, match)]
            # A student may have typed a text and attached no file.
            if match["own"] or not attempt.has_files:
                own = PurePosixPath(match["own"] or "receipt.txt")
                yield attempt.submitted_file(file, own, _attempt_key(file, match))

    def _match_name(self, file: DownloadedFile) -> re.Match[str] | None:
        """The parts of a file's name; None in a folder with such a name, which is a student's."""
        is_own = any(map(self.lms_name.search, file.path.parts[:-1]))
        return None if is_own else _NAME.fullmatch(file.path.name)

    def roster_columns(self, rows: Sequence[list[str]], names: ColumnNames) -> RosterColumns | None:
        header = lower_header(rows)
        if "username" not in header or not any(_COLUMN.fullmatch(name) for name in header):
            return None
        return find_roster_columns(rows, names)

    def gradebook_layout(
        self, rows: Sequence[list[str]], lab: Lab, column: str | None
    ) -> GradebookLayout:
        """Names, ids and the lab's own column: an upload then changes nothing else."""
        header = lower_header(rows)
        items = {n: m for n, name in enumerate(rows[0]) if (m := _COLUMN.fullmatch(name.strip()))}
        if not items or "username" not in header:
            raise AutograderError(
                f"this is not {self.gradebook}; its columns are: {', '.join(rows[0][:6])}",
                self.gradebook_menu,
            )
        titles = {n: match["title"] for n, match in items.items()}
        grade = find_grade_column(titles, rows, lab, column, self.gradebook)
        number = _POINTS.search(items[grade]["about"])
        comma = has_decimal_comma(rows, grade)
        points = parse_points(number.group(), comma) if number else None
        who = {"last name", "first name", "username", "student id"}
        return GradebookLayout(
            kept=[*(n for n, name in enumerate(header) if name in who), grade],
            grade=grade,
            max_points=lambda row: points,
            decimal_comma=comma,
            quote_all=True,
            keeps_utf_16=True,
        )

    def gradebook_suffix(self, file: Path) -> str:
        """Blackboard names its files with tabs `.xls`."""
        return file.suffix if file.suffix.lower() in {".xls", ".txt"} else ".csv"


@dataclass
class _Attempt:
    """What the names and the receipt of an attempt say."""

    username: str
    submitted: datetime | None
    name: str = ""
    has_files: bool = False

    @classmethod
    def of(cls, match: re.Match[str]) -> _Attempt:
        submitted = None
        with contextlib.suppress(ValueError):
            submitted = datetime.strptime(match["time"], "%Y-%m-%d-%H-%M-%S")
        return cls(match["before"].rpartition("_")[2], submitted)

    def read_receipt(self, file: DownloadedFile, before: str) -> None:
        """Take the name from the receipt, and a username that has underscores.

        Only the first line is Blackboard's own: the student's comments follow.
        """
        with contextlib.suppress(AutograderError):
            line = file.read().decode("utf-8-sig", "replace").partition("\n")[0].strip()
            match = _RECEIPT.fullmatch(line)
            if match and f"_{before}".endswith(f"_{match['username']}"):
                self.name, self.username = match["name"], match["username"]

    def submitted_file(self, file: DownloadedFile, own: PurePosixPath, key: str) -> SubmittedFile:
        return SubmittedFile(
            downloaded=file,
            path=own,
            student=self.username,
            name=self.name or self.username,
            ids={"username": self.username},
            submitted=self.submitted,
            attempt=key,
        )


def _attempt_key(file: DownloadedFile, match: re.Match[str]) -> str:
    return f"{file.path.parent / match['before']}_attempt_{match['time']}"
