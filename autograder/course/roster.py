"""Who is in the class: from a list of one's own, or from the file that an LMS exports."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.errors import AutograderError
from autograder.files import is_safe_name

# By what is wanted, how lists and exports call that column; the first that is there is taken.
_COLUMNS = {
    "id": (
        "student id",
        "student_id",
        "sis user id",
        "sis login id",
        "sid",
        "id number",
        "username",
        "login",
        "id",
        "email address",
        "email",
    ),
    "name": ("full name", "student", "name", "student name"),
    "first": ("first name", "firstname", "first", "given name"),
    "last": ("last name", "lastname", "last", "surname", "family name"),
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
    "canvas": ("canvas_id", "canvas id"),
    "moodle": ("moodle_id", "moodle id", "identifier", "participant"),
    "submitted": ("last modified (submission)", "submitted", "submission time"),
}
# What Canvas puts into its gradebook's export where others put a student.
_NO_STUDENT = {"points possible", "student, test", "manual posting", "muted"}


@dataclass(frozen=True)
class Person:
    """One student of the class.

    Args:
        id: the student's id in this course: the folder's name in `submitted/`.
        name: as the list has it.
        names: ways to write the name, squeezed (`without_spaces`).
        ids: by kind (`canvas`, `moodle`, `sid`, `email`), the ids elsewhere.
        submitted: when the LMS says that the work came in; None where its list doesn't.
    """

    id: str
    name: str
    names: frozenset[str] = frozenset()
    ids: dict[str, str] = field(default_factory=dict)
    submitted: datetime | None = None


class Roster:
    """The class.

    Args:
        people: its students.

    Raises:
        AutograderError: two of them have one id, or an id can't be the name of a folder.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = tuple(people)
        twice = [id for id, count in Counter(p.id for p in self.people).items() if count > 1]
        if twice:
            raise AutograderError(
                f"the roster has more than one student with the id {', '.join(map(repr, twice))}",
                "give each an id of their own in a column named id",
            )
        for person in self.people:
            if not is_safe_name(person.id):
                raise AutograderError(
                    f"the roster's id {person.id!r} can't be the name of a folder",
                    "give that student an id of letters, digits and . _ - @",
                )

    @classmethod
    def read(cls, path: Path) -> Roster:
        """The class from a CSV file: columns `id` and `name`, or an LMS' own export.

        Canvas' gradebook, Moodle's grading worksheet and Gradescope's roster are known by their
        columns; more columns (`email`, `canvas_id`, `moodle_id`) help to tell students apart.

        Raises:
            AutograderError: there is no such file, or it has no column that names students.
        """
        return cls(person for _, person in cls.rows(path))

    @classmethod
    def rows(cls, path: Path) -> list[tuple[list[str], Person]]:
        """The rows that are about a student, as they are, and who that is.

        Raises:
            AutograderError: as `read`.
        """
        rows = read_table(path)
        at = _places(rows, path)
        return [(row, person) for row in rows[1:] if (person := _person(row, at)) is not None]

    def find(self, name: str, ids: dict[str, str]) -> list[Person]:
        """The students who may be meant: by an id, or else by name.

        Args:
            name: as a file or folder has it; spaces, case, accents and order don't matter.
            ids: by kind, what the file says besides.

        Returns:
            One when it is clear, none when nobody is, several when names are the same.
        """
        ids = {kind: id for kind, id in ids.items() if id}
        sure = [p for p in self.people if any(p.ids.get(k) == v for k, v in ids.items())]
        if sure:
            return sure
        wanted = without_spaces(name)
        return [
            person
            for person in self.people
            if wanted
            and wanted in person.names | {without_spaces(person.id)}
            # Another's number on the file: then it isn't this one, whatever the name. (Moodle
            # numbers participants anew in each assignment.)
            and not any(
                kind != "moodle" and person.ids.get(kind, id) != id for kind, id in ids.items()
            )
        ]


def without_spaces(name: str) -> str:
    """A name's letters and digits, without case and accents.

    Example:
        >>> without_spaces("O'Brien, Zoë"), without_spaces("李 小龙")
        ('obrienzoe', '李小龙')
    """
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain if letter.isalnum()).casefold()


def normalized_name(name: str) -> str:
    """A name in one of Unicode's two forms: macOS writes "ë" as two letters, others as one."""
    return unicodedata.normalize("NFC", name)


def read_table(path: Path) -> list[list[str]]:
    """The rows of a CSV file, whatever separates its columns; rows of nothing are left out.

    Raises:
        AutograderError: it can't be read.
    """
    return [row for row in read_csv(path)[0] if any(map(str.strip, row))]


def read_csv(path: Path) -> tuple[list[list[str]], type[csv.Dialect]]:
    """All rows of a CSV file, and how it separates and quotes.

    Raises:
        AutograderError: it can't be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AutograderError(f"can't read {path}: {error.strerror}", "check its name") from error
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise AutograderError(
            f"{path} is not written in UTF-8: {error.reason} at byte {error.start}",
            "export it again, or save it as CSV UTF-8",
        ) from error

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=text.partition("\n")[0].count)

    try:
        return list(csv.reader(io.StringIO(text), Dialect)), Dialect
    except csv.Error as error:
        raise AutograderError(
            f"{path} is no table that can be read: {error}", "export it again, as CSV"
        ) from error


def _places(rows: list[list[str]], path: Path) -> dict[str, int | None]:
    """By what is wanted, its column."""
    header = [name.strip().casefold() for name in rows[0]] if rows else []
    at = {
        kind: next((header.index(name) for name in names if name in header), None)
        for kind, names in _COLUMNS.items()
    }
    at["id"] = next((place for place in _id_columns(header) if _filled(rows, place)), at["id"])
    # In Canvas' export "ID" is Canvas' own number, and the id is another column.
    if "id" in header and "section" in header:
        at["canvas"] = header.index("id")
    # Moodle's worksheet in any language: "Participant 123", the full name, …
    numbered = [bool(re.fullmatch(r"\D+\s\d+", row[0].strip())) for row in rows[1:]]
    if len(header) > 5 and numbered and all(numbered):
        at["moodle"], at["name"] = 0, 1
        at["id"] = None if at["id"] == 0 else at["id"]
        at["id"] = at["email"] if at["id"] is None else at["id"]
    if at["id"] is None and at["name"] is not None:
        at["id"] = at["name"]
    if at["id"] is None:
        raise AutograderError(
            f"{path} has no column that names students; it has: {', '.join(rows[0])}"
            if rows
            else f"{path} is empty",
            "name a CSV file with the columns id and name, or an export of your LMS",
        )
    return at


def _id_columns(header: list[str]) -> list[int]:
    return [header.index(name) for name in _COLUMNS["id"] if name in header]


def _filled(rows: list[list[str]], place: int) -> bool:
    """Whether a column says anything: schools leave Canvas' and Moodle's own ids empty."""
    return any(len(row) > place and row[place].strip() for row in rows[1:])


def _person(row: list[str], at: dict[str, int | None]) -> Person | None:
    def value(kind: str) -> str:
        place = at[kind]
        return row[place].strip() if place is not None and place < len(row) else ""

    first, last = value("first"), value("last")
    name = value("name") or f"{last}, {first}".strip(", ")
    if name.casefold() in _NO_STUDENT or not (value("id") or name):
        return None
    participant = re.search(r"\d+$", value("moodle"))
    ids = {
        "canvas": value("canvas"),
        "moodle": participant.group() if participant else "",
        "email": value("email").casefold(),
        "sid": value("id"),
    }
    return Person(
        id=normalized_name(value("id") or name),
        name=name or value("id"),
        names=_ways_to_write(name, first, last),
        ids={kind: id for kind, id in ids.items() if id},
        submitted=_moment(value("submitted")),
    )


def _ways_to_write(name: str, first: str, last: str) -> frozenset[str]:
    """`Last, First`, `First Last` and what Canvas makes of them: lastfirst."""
    ways = {name, first + last, last + first}
    if "," in name:
        before, _, after = name.partition(",")
        ways.add(after + before)
    else:
        words = name.split()
        # Which of several words are the surname is not to be known: any split may be.
        ways |= {"".join(words[cut:] + words[:cut]) for cut in range(1, len(words))}
    return frozenset(without_spaces(way) for way in ways if without_spaces(way))


def _moment(text: str) -> datetime | None:
    """A time as an LMS in English writes it; None where there is none, or in another language."""
    from dateutil import parser

    try:
        return parser.parse(text) if any(letter.isdigit() for letter in text) else None
    except (ValueError, OverflowError):
        return None
