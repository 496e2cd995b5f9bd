"""Which column of a class list holds what, and the students in its rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.read_times import DateOrder, ReadTime, read_times
from autograder.course.roster import Person, normalize_name, squeeze_name
from autograder.errors import AutograderError

ColumnNames = Mapping[str, tuple[str, ...]]
"""By what a column holds, the names it may have, in lower case; the first that exists is used."""

PLAIN_COLUMNS: ColumnNames = {
    "id": (
        "student id",
        "student_id",
        "id number",
        "username",
        "login",
        "id",
        "email address",
        "email",
    ),
    "name": (
        "full name",
        "student",
        "name",
        "student name",
        "vollständiger name",
        "nombre completo",
        "nom complet",
        "nome completo",
        "volledige naam",
    ),
    "first": (
        "first name",
        "firstname",
        "first",
        "given name",
        "vorname",
        "nombre",
        "prénom",
        "nome",
        "voornaam",
    ),
    "last": (
        "last name",
        "lastname",
        "last",
        "surname",
        "family name",
        "nachname",
        "apellido(s)",
        "apellidos",
        "nom de famille",
        "nom",
        "cognome",
        "apelido",
        "sobrenome",
        "achternaam",
    ),
    "submitted": ("submitted", "submission time"),
    "email": (
        "email address",
        "email",
        "e-mail",
        "e-mail-adresse",
        "adresse de courriel",
        "dirección de correo",
        "indirizzo email",
        "e-mailadres",
    ),
    "username": ("username", "login"),
}
_NOT_IDS = {"id", "name", "first", "last", "submitted"}


@dataclass(frozen=True)
class RosterColumns:
    """The columns of a class list; None where it has no such column.

    Args:
        id: the student's id in the course.
        name: the full name.
        first: the given name.
        last: the family name.
        submitted: when the LMS received the submission.
        ids: ids in other systems, by kind.
        prefix: what the file writes before ids.
    """

    id: int | None
    name: int | None = None
    first: int | None = None
    last: int | None = None
    submitted: int | None = None
    ids: Mapping[str, int] = field(default_factory=dict)
    prefix: str = ""


def find_roster_columns(rows: Sequence[list[str]], names: ColumnNames) -> RosterColumns:
    """Find the columns of a class list by their names.

    Args:
        rows: the rows of the file, the header first.
        names: the names to look for.
    """
    header = lower_header(rows)
    found = {
        key: next((header.index(name) for name in choices if name in header), None)
        for key, choices in names.items()
    }
    ids = [header.index(name) for name in names["id"] if name in header]
    # Schools leave the LMS' own id columns empty.
    found["id"] = next((column for column in ids if _is_filled(rows, column)), found["id"])
    return RosterColumns(
        id=found["id"],
        name=found["name"],
        first=found["first"],
        last=found["last"],
        submitted=found["submitted"],
        ids={k: column for k, column in found.items() if k not in _NOT_IDS and column is not None},
    )


def merge_column_names(first: ColumnNames, second: ColumnNames) -> ColumnNames:
    """Merge two tables of column names; the names of `first` are looked for first."""
    return {key: (*first.get(key, ()), *second.get(key, ())) for key in {**first, **second}}


def people_in_rows(
    rows: Sequence[list[str]],
    columns: RosterColumns,
    path: Path,
    not_students: Collection[str],
    order: DateOrder | None = None,
) -> list[Person | None]:
    """Read the student of each row; None for the header and rows that are not about a student.

    Args:
        rows: the rows of the file, the header first.
        columns: its columns.
        path: the file, for the error.
        not_students: names, in lower case, in rows that are not about a student.
        order: the order of day and month in times, where a person says so.

    Raises:
        AutograderError: no column names students.
    """
    id_column = columns.name if columns.id is None else columns.id
    if id_column is None:
        raise AutograderError(
            f"{path} has no column that names students; it has: {', '.join(rows[0])}"
            if rows
            else f"{path} is empty",
            "pass a CSV file with the columns id and name, or an export of your LMS",
        )
    times = read_times([_read_cell(row, columns.submitted) for row in rows[1:]], order)
    people = [
        _person(row, columns, id_column, time) for row, time in zip(rows[1:], times, strict=True)
    ]
    return [
        None,
        *(p if p is not None and p.name.casefold() not in not_students else None for p in people),
    ]


def lower_header(rows: Sequence[list[str]]) -> list[str]:
    """The names of a file's columns in lower case, without spaces around them."""
    return [name.strip().casefold() for name in rows[0]] if rows else []


def _is_filled(rows: Sequence[list[str]], column: int) -> bool:
    return any(len(row) > column and row[column].strip() for row in rows[1:])


def _read_cell(row: list[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _person(
    row: list[str], columns: RosterColumns, id_column: int, time: ReadTime
) -> Person | None:
    def cell(column: int | None) -> str:
        return _read_cell(row, column).removeprefix(columns.prefix)

    first, last, id = cell(columns.first), cell(columns.last), cell(id_column)
    name = cell(columns.name) or f"{last}, {first}".strip(", ")
    if not (id or name):
        return None
    ids = {kind: _normalize_id(kind, cell(column)) for kind, column in columns.ids.items()}
    return Person(
        id=normalize_name(id or name),
        name=name or id,
        names=_ways_to_write(name, first, last),
        ids={kind: text for kind, text in {**ids, "sid": id}.items() if text},
        submitted=time.time,
        unread_time=time if time.is_unreadable else None,
    )


def _normalize_id(kind: str, text: str) -> str:
    if kind == "participant":  # "Participant 123", in any language
        number = re.search(r"\d+$", text)
        return number.group() if number else ""
    return text.casefold() if kind == "email" else text


def _ways_to_write(name: str, first: str, last: str) -> frozenset[str]:
    """`Last, First`, `First Last` and the same without spaces, as LMSs write names."""
    ways = {name, first + last, last + first}
    if "," in name:
        before, _, after = name.partition(",")
        ways.add(after + before)
    else:
        words = name.split()
        # Any number of the words may be the family name.
        ways |= {"".join(words[cut:] + words[:cut]) for cut in range(1, len(words))}
    return frozenset(squeezed for way in ways if (squeezed := squeeze_name(way)))
