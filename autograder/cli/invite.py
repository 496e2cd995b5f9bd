"""`autograder invite`."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.console import CourseDir, RosterFile, open_course, out, read_roster_file
from autograder.cli.serve import ServerDatabase, check_server_extra
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from autograder.course.course import Course
    from autograder.course.roster import Person
    from autograder.server.database import Database
    from autograder.server.links import Invitation

_ACTOR = "autograder invite"
_Url = Annotated[
    str, typer.Option(metavar="URL", help="The server's address, as students reach it.")
]
_Students = Annotated[
    list[str] | None,
    typer.Argument(metavar="[STUDENT]...", help="Students' ids; default: all without a link."),
]
_Instructor = Annotated[
    str | None, typer.Option(metavar="NAME", help="Make a link for an instructor instead.")
]
_Csv = Annotated[
    Path | None,
    typer.Option("--csv", metavar="OUT.csv", help="Write the links to a file, for a mail merge."),
]
_Revoke = Annotated[bool, typer.Option("--revoke", help="End the links; make none.")]


def invite(
    students: _Students = None,
    url: _Url = "http://127.0.0.1:8000",
    instructor: _Instructor = None,
    revoke: _Revoke = False,
    to_csv: _Csv = None,
    roster: RosterFile = None,
    database: ServerDatabase = None,
    course_dir: CourseDir = None,
) -> None:
    """Make personal links to the course's server.

    A link is shown once: the server keeps only its hash. A new link of the same person replaces
    the earlier one.

    Examples: [bold]autograder invite --url https://labs.example.org --csv links.csv[/] ·
    [bold]autograder invite --instructor Ada[/] · [bold]autograder invite s017 --revoke[/]
    """
    check_server_extra()
    from autograder.server.database import Database
    from autograder.server.links import invite as make_link
    from autograder.server.tables import Role

    course = open_course(course_dir)
    store = Database.of(course, database)
    if revoke:
        _revoke(store, students or [], instructor)
        return
    if instructor:
        links = [make_link(store, _ACTOR, Role.INSTRUCTOR, instructor, instructor)]
        people: dict[str, Person] = {}
    else:
        people = _find_people(course, roster)
        ids = _choose(store, people, students or [])
        links = [
            make_link(store, _ACTOR, Role.STUDENT, one, people[one].name if one in people else one)
            for one in ids
        ]
    _show(links, people, url, to_csv)


def _find_people(course: Course, roster: Path | None) -> dict[str, Person]:
    found = read_roster_file(course, roster)
    return {person.id: person for person in found.people} if found else {}


def _choose(store: Database, people: dict[str, Person], students: list[str]) -> list[str]:
    """The ids to invite.

    Raises:
        AutograderError: An id is not in the roster or cannot be a folder's name.
    """
    from autograder.files import is_safe_name
    from autograder.server.links import list_invited
    from autograder.server.tables import Role

    for one in students:
        if (people and one not in people) or not is_safe_name(one):
            raise AutograderError(
                f'no student of the roster has the id "{one}"', "see the first column of roster.csv"
            )
    if not students and not people:
        raise AutograderError(
            "the course has no roster, and no student is named",
            "write roster.csv with the columns id and name, or: autograder invite STUDENT",
        )
    invited = list_invited(store, Role.STUDENT)
    return students or [one for one in people if one not in invited]


def _revoke(store: Database, students: list[str], instructor: str | None) -> None:
    from autograder.server.links import revoke
    from autograder.server.tables import Role

    people = [(Role.STUDENT, one) for one in students]
    people += [(Role.INSTRUCTOR, instructor)] if instructor else []
    if not people:
        raise AutograderError("it is not clear whose link ends", "autograder invite ID --revoke")
    for role, person in people:
        ended = revoke(store, _ACTOR, role, person)
        out.print(f"{person}: {'the link has ended' if ended else 'no link'}", markup=False)


def _show(
    links: list[Invitation], people: dict[str, Person], url: str, to_csv: Path | None
) -> None:
    from autograder.files import escape_formula, write_atomically

    if to_csv is None:
        for link in links:
            out.print(f"{link.name}  {link.make_url(url)}", markup=False)
    else:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["id", "name", "email", "link"])
        for link in links:
            email = people[link.person].ids.get("email", "") if link.person in people else ""
            row = [link.person, link.name, email, link.make_url(url)]
            writer.writerow([escape_formula(cell) for cell in row])
        write_atomically(to_csv, text.getvalue())
        to_csv.chmod(0o600)
        out.print(f"{len(links)} links  {to_csv}", markup=False)
    if not links:
        out.print("Every student of the roster has a link. A new one: autograder invite ID")
