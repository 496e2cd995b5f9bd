"""Which of our students a row of an LMS' file is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from autograder.course.collected import Row
from autograder.course.roster import Person, Roster, normalized_name, without_spaces
from autograder.lms.canvas import canvas
from autograder.lms.download import DownloadedFile
from autograder.lms.moodle import moodle

_READERS = {"canvas": canvas, "moodle": moodle}


class WhoseRow:
    """Finds a row's student: by the LMS' number first, by name last.

    Args:
        students: the ids of ours.
        roster: the class; None where there is no list.
        record: what was collected: its file names carry the LMS' numbers.
    """

    def __init__(
        self, students: Iterable[str], roster: Roster | None, record: Iterable[Row]
    ) -> None:
        self._students = set(students)
        self._people = {person.id: person for person in roster.people} if roster else {}
        self._roster = roster
        self._by_number: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in record:
            if not row.student or row.source not in _READERS:
                continue
            file = DownloadedFile(PurePosixPath(row.file), "", open)  # only its name is read
            for named in _READERS[row.source]([file]):
                for kind, number in named.ids.items():
                    self._by_number[kind, number].add(normalized_name(row.student))

    def __call__(self, row: Person) -> set[str]:
        """The students that a row may be about: one when it is clear."""
        by_number = {s for id in row.ids.items() for s in self._by_number.get(id, ())}
        listed = {
            person.id
            for person in self._people.values()
            if any(k != "moodle" and person.ids.get(k) == v for k, v in row.ids.items())
        }
        same_id = self._students & {row.id, *row.ids.values()}
        named = set()
        if self._roster is not None:
            # A row's own id may be of another kind than the roster's: it tells nothing here.
            ids = {kind: id for kind, id in row.ids.items() if kind in ("canvas", "email")}
            named = {person.id for person in self._roster.find(row.name, ids)} & self._students
        unlisted = self._students - self._people.keys()
        called = {student for student in unlisted if without_spaces(student) in row.names}
        ways = (by_number & self._students, listed & self._students, same_id, named, called)
        return next(filter(None, ways), set())
