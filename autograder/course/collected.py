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
    "earlier": "an earlier attempt, kept in collected/",
    "part": "goes with the notebook",
    "unclear": "left in the download",
    "nothing": "handed in nothing",
}
# What a run that writes nothing says.
DRY_STATES = STATES | {
    "taken": "would be copied to submitted/",
    "unchanged": "is in submitted/ already",
    "earlier": "an earlier attempt, would be kept in collected/",
    "part": "would go with the notebook",
    "unclear": "would be left in the download",
}


@dataclass(frozen=True)
class CollectedRow:
    """One file, or one student without any.

    Args:
        student: the student's id; empty when it is not clear whose file it is.
        name: the student's name as the LMS has it.
        file: its path in the download.
        state: a key of `STATES`.
        remark: what a person should know.
        late: "late" when the LMS says so, else empty.
        submitted: when the LMS received it, ISO 8601; empty when the LMS doesn't say.
        source: the name of the LMS that it was collected from.
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
        """What the row is about: a file of an LMS, or a student."""
        return self.source, self.file or self.student

    @property
    def in_submitted(self) -> bool:
        """Whether the file was in submitted/ when it was collected."""
        return bool(self.file) and self.state in {"taken", "unchanged"}


def record_path(course: Course, lab: Lab) -> Path:
    """The path of a lab's record."""
    return course.collected_dir / f"{lab.name}.csv"


def read_record(course: Course, lab: Lab) -> list[CollectedRow]:
    """Read a lab's rows; none when nothing was collected.

    Raises:
        AutograderError: the file is damaged.
    """
    path = record_path(course, lab)
    if not path.is_file():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [
                CollectedRow(**{name: _undo_inert(cell) for name, cell in row.items()})
                for row in csv.DictReader(file)
            ]
    except (TypeError, UnicodeDecodeError, csv.Error) as error:
        raise AutograderError(
            f"{path} was edited and can't be read: {error}",
            "delete it and collect the downloads again; submitted/ stays as it is",
        ) from error


def write_record(course: Course, lab: Lab, rows: Iterable[CollectedRow]) -> None:
    """Add rows to a lab's record; they replace earlier rows about the same files."""
    rows = list(rows)
    students = {row.student for row in rows if row.student}
    in_submitted = {row.student for row in rows if row.in_submitted}
    new_keys = {row.key for row in rows}
    stays = {(row.key, row.student) for row in rows if row.student not in in_submitted}
    # A student without a submission may have one now; those of another part of the class have not.
    # An LMS may give every attempt one name: one that was not taken must not replace the row of
    # the one that was.
    kept = [
        row
        for row in read_record(course, lab)
        if (row.key not in new_keys or (row.in_submitted and (row.key, row.student) in stays))
        and not (row.state == "nothing" and row.student in students)
    ]
    text = io.StringIO()
    names = [field.name for field in fields(CollectedRow)]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for row in [*kept, *rows]:
        writer.writerow({name: escape_formula(cell) for name, cell in asdict(row).items()})
    write_atomically(record_path(course, lab), text.getvalue())


def _undo_inert(cell: str) -> str:
    """The text that `inert` made this cell of."""
    return cell[1:] if cell[:1] == "'" and escape_formula(cell[1:]) == cell else cell
