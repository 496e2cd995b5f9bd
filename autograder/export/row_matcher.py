"""Which students of the course a row of an LMS' file is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from autograder.course.collected import CollectedRow
from autograder.course.roster import IDS_OF_ONE_ASSIGNMENT, Person, Roster, normalize_name
from autograder.lms.download import DownloadedFile
from autograder.lms.registry import LMSS


class RowMatcher:
    """Finds a row's students: by the LMS' own numbers first, by name last.

    Args:
        students: the ids of the course's students.
        roster: the class; None without a list.
        record: what was collected: its file names carry the LMS' numbers.
    """

    def __init__(
        self, students: Iterable[str], roster: Roster | None, record: Iterable[CollectedRow]
    ) -> None:
        self._students = set(students)
        self._people = {person.id: person for person in roster.people} if roster else {}
        self._roster = roster
        self._by_number: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in record:
            lms = LMSS.get(row.source)
            if lms is None or not row.file or not row.student:
                continue
            if file := lms.read_name(DownloadedFile.recorded(row.file)):
                for kind, number in file.ids.items():
                    self._by_number[kind, number].add(normalize_name(row.student))

    def find_students(self, row: Person) -> set[str]:
        """The students that a row may be about: one when it is clear, none when nobody matches."""
        return next(filter(None, self._matches(row)), set())

    def _matches(self, row: Person) -> Iterable[set[str]]:
        """The students, by one way to match after the other, the surest first."""
        lasting = {k: id for k, id in row.ids.items() if k not in IDS_OF_ONE_ASSIGNMENT}
        yield self._students & {s for id in row.ids.items() for s in self._by_number.get(id, ())}
        yield self._students & {
            person.id
            for person in self._people.values()
            if any(person.has_id(kind, id) for kind, id in lasting.items())
        }
        yield self._students & {row.id, *row.ids.values()}
        if self._roster is not None:
            # The row's own id may be of another kind than the roster's: it tells nothing here.
            ids = {kind: id for kind, id in lasting.items() if kind != "sid"}
            yield self._students & {person.id for person in self._roster.find(row.name, ids)}
        yield {s for s in self._students - self._people.keys() if row.has_name(s)}
