"""The students of the class, and how to find one by name or id."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from autograder.course.read_times import ReadTime
from autograder.errors import AutograderError
from autograder.files import is_safe_name

# Kinds of ids that an LMS assigns anew in each assignment.
ANONYMOUS = "anonymous"  # in anonymous grading, in place of the student's own
IDS_OF_ONE_ASSIGNMENT = frozenset({"participant", ANONYMOUS})


@dataclass(frozen=True)
class Person:
    """One student of the class.

    Args:
        id: the student's id in this course: the folder's name in `submitted/`.
        name: as the list has it.
        names: ways to write the name, without spaces, case and accents (`squeeze_name`).
        ids: ids in other systems, by kind: `sid` (the school's), `email`, `username`, and those of
            the LMSs.
        submitted: when the LMS received the submission; None where its list doesn't say.
        unread_time: what the list says, where it could not be read for certain.
    """

    id: str
    name: str
    names: frozenset[str] = frozenset()
    ids: Mapping[str, str] = field(default_factory=dict)
    submitted: datetime | None = None
    unread_time: ReadTime | None = None

    def has_id(self, kind: str, id: str) -> bool:
        """Whether an id of this kind is the student's.

        A list without usernames may hold them as its ids.
        """
        if kind != "username":
            return self.ids.get(kind) == id
        return self.ids.get(kind, self.id).casefold() == id.casefold()

    def has_name(self, name: str) -> bool:
        """Whether this is a way to write the student's name, also with the username before it."""
        logins = {squeeze_name(self.id), squeeze_name(self.ids.get("username", ""))}
        names = self.names | {login + way for login in logins for way in self.names}
        return squeeze_name(name) in names

    def contradicts(self, ids: Mapping[str, str]) -> bool:
        """Whether one of these ids is another student's."""
        return any(
            kind in self.ids and kind not in IDS_OF_ONE_ASSIGNMENT and not self.has_id(kind, id)
            for kind, id in ids.items()
        )


class Roster:
    """The class.

    Args:
        people: its students.

    Raises:
        AutograderError: two students have the same id, or an id can't be a folder's name.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = tuple(people)
        counts = Counter(person.id for person in self.people)
        if repeated := [id for id, count in counts.items() if count > 1]:
            raise AutograderError(
                f"the roster has more than one student with the id "
                f"{', '.join(map(repr, repeated))}",
                "give each student a different id in a column named id",
            )
        for person in self.people:
            if not is_safe_name(person.id):
                raise AutograderError(
                    f"the roster's id {person.id!r} can't be the name of a folder",
                    "give that student an id of letters, digits and . _ - @",
                )

    def find(self, name: str, ids: Mapping[str, str]) -> list[Person]:
        """Find the students that a name and ids may belong to: by id, or else by name.

        Args:
            name: as a file or folder has it; spaces, case, accents and order don't matter.
            ids: by kind, the ids that come with the name; empty ones don't count.

        Returns:
            One student when it is clear, none when nobody matches, several when names are equal.
        """
        known = {kind: id for kind, id in ids.items() if id}
        by_id = [p for p in self.people if any(p.has_id(kind, id) for kind, id in known.items())]
        if by_id:
            return by_id
        squeezed = squeeze_name(name)
        return [
            person
            for person in self.people
            if squeezed
            and (person.has_name(name) or squeezed == squeeze_name(person.id))
            and not person.contradicts(known)
        ]


def squeeze_name(name: str) -> str:
    """Reduce a name to its letters and digits, without case and accents.

    Example:
        >>> squeeze_name("O'Brien, Zoë"), squeeze_name("李 小龙")
        ('obrienzoe', '李小龙')
    """
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain if letter.isalnum()).casefold()


def normalize_name(name: str) -> str:
    """Write a name in one Unicode form: macOS stores "ë" as two characters, others as one."""
    return unicodedata.normalize("NFC", name)
