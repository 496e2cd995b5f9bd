"""How late a submission is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo

from dateutil import parser, tz

from autograder.course.collected import read_record
from autograder.course.course import Course, Lab
from autograder.course.roster import Roster, normalize_name
from autograder.course.submissions import TIMESTAMP
from autograder.lms.registry import LMSS

_LONGEST = 100  # characters of a time
_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Lateness:
    """When a submission was due and came in.

    Args:
        days: days begun after the due date; 0 if in time; None when nobody knows.
        due: when it was due, for this student; None where the lab has no due date.
        submitted: when it was submitted; None where no LMS recorded it.
        extended: whether this student has an extension.
        unknown: why nobody knows the days.
    """

    days: int | None
    due: datetime | None
    submitted: datetime | None = None
    extended: bool = False
    unknown: str = ""


class SubmissionTimes:
    """When each student submitted one lab.

    Args:
        course: the course.
        lab: the lab.
    """

    def __init__(self, course: Course, lab: Lab) -> None:
        self._course, self._lab = course, lab
        # The last flag of the LMS counts: the due date may have been moved.
        self._flagged = {
            row.student: bool(row.late)
            for row in read_record(course, lab)
            if row.in_submitted and (lms := LMSS.get(row.source)) and lms.flags_late
        }

    def list_students(self) -> set[str]:
        """The students who have submitted the lab."""
        return {f.parent.name for f in self._course.submitted_dir.glob(f"*/{self._lab.name}")}

    def find_lateness(self, student: str) -> Lateness:
        """How late a student is."""
        due, extended = self.find_due(student)
        try:
            submitted = self._read_time(student)
        except Exception as error:  # dateutil raises some of any kind
            why = f"its {TIMESTAMP} does not hold a time ({str(error)[:100]}); write one there"
            return Lateness(0 if due is None else None, due, None, extended, why)
        if due is None:
            return Lateness(0, None, submitted)
        if submitted is None and self._flagged.get(student):
            # The flag has no number of days, and the LMS does not know of extensions given here.
            why = "handed in late, but nobody knows how late"
            return Lateness(None, due, None, extended, why)
        if submitted is None:
            return Lateness(0, due, None, extended)
        return Lateness(self.count_days(due, submitted), due, submitted, extended)

    def count_days(self, due: datetime, submitted: datetime) -> int:
        """The days begun between a due date, with its grace, and a time of submission."""
        over = (submitted - due).total_seconds() - 60 * self._lab.policy.grace_minutes
        return max(0, math.ceil(over / _DAY))

    def find_due(self, student: str) -> tuple[datetime | None, bool]:
        """A student's due date, and whether it is an extension."""
        due = self._course.localize(self._lab.due) if self._lab.due else None
        given = self._course.extensions.get(normalize_name(student), {}).get(self._lab.name)
        if given is None:
            return due, False
        if isinstance(given, datetime):
            return self._course.localize(given), True
        if isinstance(given, date):  # until the end of that day
            end = datetime(given.year, given.month, given.day) + timedelta(days=1)
            return self._course.localize(end), True
        return (due + timedelta(days=given) if due else None), True

    def _read_time(self, student: str) -> datetime | None:
        path = self._course.submitted_dir / student / self._lab.name / TIMESTAMP
        # A link may lead to another student's time, or to a file without an end.
        if path.parent.is_symlink() or path.is_symlink() or not path.is_file():
            return None
        with path.open(encoding="utf-8-sig") as file:
            return _parse_time(file.read(_LONGEST).strip())


def find_unknown_students(course: Course, roster: Roster | None) -> list[str]:
    """The names in course.toml's `[extensions]` that no student has: mostly typing errors."""
    known = {normalize_name(folder.name) for folder in course.submitted_dir.glob("*")}
    known |= {person.id for person in roster.people} if roster else set()
    return sorted(course.extensions.keys() - known)


def _parse_time(text: str) -> datetime:
    """A time as nbgrader writes it; without a zone it is in UTC.

    nbgrader's own `parse_utc` takes a zone that it does not know for UTC.
    """
    front, _, last = text.rpartition(" ")
    # In a time, dateutil knows zones like PST but not like Europe/Berlin.
    zone = tz.gettz(last) if last[:1].isalpha() else None
    time = parser.parse(front if zone else text, tzinfos=lambda *named: zone or _find_zone(*named))
    return time.astimezone(timezone.utc)


def _find_zone(name: str | None, offset: int | None) -> tzinfo:
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    if name is not None:
        raise ValueError(f"unknown time zone {name}")
    return timezone.utc
