"""collected/LAB.csv: what became of every file that was ever collected, for people and programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from autograder.course.course import Course, Lab
from autograder.errors import AutograderError
from autograder.files import escape_formula, write_atomically

STATES = {
    "taken": "now in submitted/",
    "unchanged": "was in submitted/ already",
    "earlier": "an earlier try, kept in collected/",
    "part": "goes with the notebook",
    "unclear": "left in the download",
    "nothing": "handed in nothing",
}


@dataclass(frozen=True)
class Row:
    """One file, or one student without any.

    Args:
        student: the student's id; empty when it is not clear whose it is.
        name: the student's name as the LMS has it.
        file: its path in the download.
        state: a key of `STATES`.
        remark: what a person should know.
        late: "late" when the LMS says so, else empty.
        submitted: when it came in, ISO 8601; empty when the LMS doesn't say.
        source: where it was collected from: canvas, moodle, gradescope or folder.
    """

    student: str
    name: str
    file: str
    state: str
    remark: str = ""
    late: str = ""
    submitted: str = ""
    source: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What it is about: a file of a source, or a student."""
        return self.source, self.file or self.student

    @property
    def in_submitted(self) -> bool:
        """Whether the file was in submitted/ when it was collected."""
        return bool(self.file) and self.state in {"taken", "unchanged"}


def record_path(course: Course, lab: Lab) -> Path:
    """Where the record of a lab is."""
    return course.collected_dir / f"{lab.name}.csv"


def read_record(course: Course, lab: Lab) -> list[Row]:
    """The lab's rows; none where nothing was collected.

    Raises:
        AutograderError: the file is damaged.
    """
    path = record_path(course, lab)
    if not path.is_file():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            return [Row(**{name: _read(cell) for name, cell in row.items()}) for row in rows]
    except (TypeError, UnicodeDecodeError, csv.Error) as error:
        raise AutograderError(
            f"{path} was edited and can't be read: {error}",
            "delete it and collect the downloads again; submitted/ stays as it is",
        ) from error


def write_record(course: Course, lab: Lab, rows: Iterable[Row]) -> None:
    """Add what was collected to the lab's record; the same file's row is replaced."""
    rows = list(rows)
    students = {row.student for row in rows if row.student}
    in_submitted = {row.student for row in rows if row.in_submitted}
    anew = {row.key for row in rows}
    stays = {(row.key, row.student) for row in rows if row.student not in in_submitted}
    # Who had handed in nothing may have by now; who is in another part of the class has not.
    # An LMS may call every try alike: one that was not taken leaves the row of the one that was.
    kept = [
        row
        for row in read_record(course, lab)
        if (row.key not in anew or (row.in_submitted and (row.key, row.student) in stays))
        and not (row.state == "nothing" and row.student in students)
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    for row in [*kept, *rows]:
        writer.writerow({name: escape_formula(cell) for name, cell in asdict(row).items()})
    write_atomically(record_path(course, lab), text.getvalue())


def _read(cell: str) -> str:
    """The text that `inert` was given."""
    return cell[1:] if cell[:1] == "'" and escape_formula(cell[1:]) == cell else cell
