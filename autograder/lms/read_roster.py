"""Class lists: a plain CSV file, or one that an LMS exported."""

from __future__ import annotations

from functools import reduce
from pathlib import Path

from autograder.course.csv_file import CsvFile, read_csv
from autograder.course.read_times import DateOrder
from autograder.course.roster import Person, Roster
from autograder.course.roster_columns import (
    PLAIN_COLUMNS,
    ColumnNames,
    RosterColumns,
    find_roster_columns,
    merge_column_names,
    people_in_rows,
)
from autograder.lms.lms import Lms
from autograder.lms.registry import LMSS


def read_roster(path: Path, order: DateOrder | None = None) -> Roster:
    """Read the class from a CSV file: columns `id` and `name`, or an LMS' own export.

    The exports are recognised by their columns. More columns (`email`, `username`, `canvas_id`, …)
    help to tell students apart.

    Args:
        path: the file.
        order: the order of day and month in times, where a person says so.

    Raises:
        AutograderError: the file can't be read, has no column that names students, or has two
            students with the same id.
    """
    people = read_people(read_csv(path), order)
    return Roster(person for person in people if person is not None)


def read_people(file: CsvFile, order: DateOrder | None = None) -> list[Person | None]:
    """Read the student of each row; None for the header and rows that are not about a student.

    Raises:
        AutograderError: no column names students.
    """
    filled = [n for n, row in enumerate(file.rows) if any(map(str.strip, row))]
    rows = [file.rows[n] for n in filled]
    own_names = reduce(merge_column_names, (lms.column_names for lms in LMSS.values()))
    names = merge_column_names(PLAIN_COLUMNS, own_names)
    columns = next(filter(None, (_lms_columns(lms, rows, names) for lms in LMSS.values())), None)
    columns = columns or find_roster_columns(rows, names)
    not_students = frozenset().union(*(lms.not_students for lms in LMSS.values()))
    people: list[Person | None] = [None] * len(file.rows)
    found = people_in_rows(rows, columns, file.path, not_students, order)
    for n, person in zip(filled, found, strict=True):
        people[n] = person
    return people


def _lms_columns(lms: Lms, rows: list[list[str]], names: ColumnNames) -> RosterColumns | None:
    return lms.roster_columns(rows, merge_column_names(lms.column_names, names))
