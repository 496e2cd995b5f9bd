"""A file that an LMS exported, filled in and otherwise left as it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.course.roster import Person, Roster, read_csv
from autograder.errors import AutograderError
from autograder.export.standing import Standing, points_of
from autograder.export.whose_row import WhoseRow


@dataclass(frozen=True)
class Layout:
    """Where an LMS' file has what.

    Args:
        kept: the columns to write, in order.
        grade: the column of the marks.
        most: of a row, the points that the LMS has for this lab; None where it doesn't say.
        locked: of a row, whether the LMS takes no mark for it.
        caps: whether the LMS refuses marks above its maximum.
        comma: whether numbers have a decimal comma.
    """

    kept: list[int]
    grade: int
    most: Callable[[list[str]], float | None]
    locked: Callable[[list[str]], bool]
    caps: bool
    comma: bool = False


@dataclass(frozen=True)
class Left:
    """Somebody whose mark is not in the file that was written.

    Args:
        who: the student's id, or the name in the LMS' file.
        why: the reason.
        matters: whether somebody has to do something about it.
    """

    who: str
    why: str
    matters: bool


@dataclass(frozen=True)
class Filled:
    """The text to be uploaded, how many marks it has, and who is left out.

    Args:
        text: the file.
        marks: the marks written, by student.
        left: who has none in it, and why.
    """

    text: str
    marks: dict[str, float]
    left: list[Left]


def fill(
    path: Path,
    layout: Callable[[list[list[str]]], Layout],
    found: list[Standing],
    whose: WhoseRow,
    scale: bool,
) -> Filled:
    """Put the marks into a file of an LMS'.

    A mark that is not certain is not written: what the LMS had stays.

    Args:
        path: the file, as the LMS exported it.
        layout: finds the columns, of all rows.
        found: everybody's standing.
        whose: whose a row is.
        scale: whether to scale the points to the LMS' maximum.

    Raises:
        AutograderError: it is not such a file, or its maximum is another and `scale` is not set.
    """
    rows, dialect = read_csv(path)
    if not rows or not rows[0]:
        raise AutograderError(f"{path} is empty", "export it again")
    people = {tuple(row): person for row, person in Roster.rows(path)}
    lay = layout(rows)
    ours = {one.student: one for one in found}
    most = points_of(found)
    marks: dict[str, float] = {}
    left: list[Left] = []
    width = len(rows[0])
    for row in rows:
        person = people.get(tuple(row))
        row += [""] * (width - len(row))
        if person is None:
            continue
        students = whose(person)
        if len(students) != 1:
            many = f"may be {' or '.join(sorted(students))}" if students else "no work from them"
            left.append(Left(_called(person), f"in the LMS' file; {many}", bool(students)))
            continue
        one = ours[next(iter(students))]
        why = _why_not(one, lay, row, marks)
        if not why:
            factor = _factor(lay.most(row), most, scale, path)
            mark = round(one.final.score * factor, 2)
            highest = lay.most(row)
            if lay.caps and highest is not None and mark > highest:
                why = f"{mark:g} is more than the {highest:g} that the LMS takes"
            else:
                marks[one.student] = mark
                row[lay.grade] = f"{mark:g}".replace(".", "," if lay.comma else ".")
        if why:
            left.append(Left(one.student, why, one.card is not None or "not graded" in why))
    there = {*marks, *(one.who for one in left)}
    left += [
        Left(one.student, f"not in the LMS' file ({one.missing or 'has a mark'})", True)
        for one in found
        if one.student not in there
    ]
    out = io.StringIO()
    writer = csv.writer(out, dialect, lineterminator="\r\n")
    writer.writerows([row[column] for column in lay.kept] for row in rows)
    mark = "\ufeff" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
    return Filled(mark + out.getvalue(), marks, left)


def _why_not(one: Standing, lay: Layout, row: list[str], marks: Iterable[str]) -> str:
    if one.student in marks:
        return "two rows of the LMS' file are about them; the second is left as it is"
    if not one.missing and lay.locked(row):
        return "the LMS takes no mark: it is locked there"
    return one.missing


def _factor(highest: float | None, most: float, scale: bool, path: Path) -> float:
    # An assignment of 0 points is how an LMS does extra credit.
    if not highest or highest == most:
        return 1.0
    if not most:
        raise AutograderError(
            f"{path} has {highest:g} points for this lab, all of whose questions are extra credit",
            "set the assignment to 0 points in the LMS",
        )
    if not scale:
        raise AutograderError(
            f"{path} has {highest:g} points for this lab, the course has {most:g}",
            "set the points in the LMS, or scale them to the LMS' by: --scale",
        )
    return highest / most


def _called(person: Person) -> str:
    return f"{person.name} ({person.id})" if person.id != person.name else person.name
