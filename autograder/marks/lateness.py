"""How late a submission is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo

from dateutil import parser, tz

from autograder.course.collected import read_record
from autograder.course.course import Course, Lab
from autograder.course.roster import Roster, normalized_name
from autograder.course.submissions import TIMESTAMP

_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Lateness:
    """When a submission was due and came in.

    Args:
        days: days begun after the due date; 0 in time; None when nobody knows.
        due: when it was due, for this student; None where the lab has no due date.
        submitted: when it came in; None where no LMS said so.
        extended: whether this student has an extension.
        unknown: why nobody knows the days.
    """

    days: int | None
    due: datetime | None
    submitted: datetime | None = None
    extended: bool = False
    unknown: str = ""


class SubmissionTimes:
    """When everybody handed in one lab.

    Args:
        course: the course.
        lab: the lab.
    """

    def __init__(self, course: Course, lab: Lab) -> None:
        self._course, self._lab = course, lab
        # Only Canvas says so, and what it said last counts: a due date may have been moved.
        self._flagged = {
            row.student: bool(row.late)
            for row in read_record(course, lab)
            if row.source == "canvas" and row.file and row.state in {"taken", "unchanged"}
        }

    def students(self) -> set[str]:
        """Who has handed it in."""
        return {f.parent.name for f in self._course.submitted_dir.glob(f"*/{self._lab.name}")}

    def lateness(self, student: str) -> Lateness:
        """How late a student is."""
        due, extended = self._due(student)
        try:
            submitted = self._submitted(student)
        except (OSError, ValueError, OverflowError) as error:
            why = f"its {TIMESTAMP} holds no time ({str(error)[:100]}); write one there"
            return Lateness(0 if due is None else None, due, None, extended, why)
        if due is None:
            return Lateness(0, None, submitted)
        if submitted is None and self._flagged.get(student):
            # It does not say by how much; and of an extension here it can't know.
            why = "handed in late, and nobody knows how late"
            return Lateness(None, due, None, extended, why)
        if submitted is None:
            return Lateness(0, due, None, extended)
        over = (submitted - due).total_seconds() - 60 * self._lab.policy.grace_minutes
        return Lateness(max(0, math.ceil(over / _DAY)), due, submitted, extended)

    def _due(self, student: str) -> tuple[datetime | None, bool]:
        due = self._course.localize(self._lab.due) if self._lab.due else None
        given = self._course.extensions.get(normalized_name(student), {}).get(self._lab.name)
        if given is None:
            return due, False
        if isinstance(given, datetime):
            return self._course.localize(given), True
        if isinstance(given, date):  # a day ends when it is over
            end = datetime(given.year, given.month, given.day) + timedelta(days=1)
            return self._course.localize(end), True
        return (due + timedelta(days=given) if due else None), True

    def _submitted(self, student: str) -> datetime | None:
        path = self._course.submitted_dir / student / self._lab.name / TIMESTAMP
        return _moment(path.read_text(encoding="utf-8-sig").strip()) if path.is_file() else None


def unknown_students(course: Course, roster: Roster | None) -> list[str]:
    """The names in course.toml's `[extensions]` that no student has: typing errors, mostly."""
    known = {normalized_name(folder.name) for folder in course.submitted_dir.glob("*")}
    known |= {person.id for person in roster.people} if roster else set()
    return sorted(course.extensions.keys() - known)


def _moment(text: str) -> datetime:
    """A time as nbgrader writes it; without a zone it is in UTC.

    Not read by nbgrader's `parse_utc`: to that a zone that it doesn't know is UTC, too.
    """
    front, _, last = text.rpartition(" ")
    # In a time dateutil knows the zone PST, and no Europe/Berlin.
    zone = tz.gettz(last) if last[:1].isalpha() else None
    moment = parser.parse(front if zone else text, tzinfos=lambda *named: zone or _zone(*named))
    return moment.astimezone(timezone.utc)


def _zone(name: str | None, offset: int | None) -> tzinfo:
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    if name is not None:
        raise ValueError(f"the zone {name} is not known")
    return timezone.utc
