"""How late a submission is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from nbgrader.utils import parse_utc

from autograder.collect.collecting import TIMESTAMP
from autograder.collect.record import Row, read_record
from autograder.course import Course, Lab
from autograder.errors import AutograderError

_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Lateness:
    """When a submission was due and came in.

    Args:
        days: days begun after the due date; 0 in time; None when it is late and nobody knows by
            how much.
        due: when it was due, for this student; None where the lab has no due date.
        submitted: when it came in; None where no LMS said so.
        extended: whether this student has an extension.
    """

    days: int | None
    due: datetime | None
    submitted: datetime | None = None
    extended: bool = False


class Handins:
    """When everybody handed in one lab.

    Args:
        course: the course.
        lab: the lab.
    """

    def __init__(self, course: Course, lab: Lab) -> None:
        self._course, self._lab = course, lab
        self._flagged = {
            row.student for row in read_record(course, lab) if row.late and _counts(row)
        }

    def students(self) -> set[str]:
        """Who has handed it in."""
        return {f.parent.name for f in self._course.submitted_dir.glob(f"*/{self._lab.name}")}

    def lateness(self, student: str) -> Lateness:
        """How late a student is."""
        due, extended = self._due(student)
        submitted = self._submitted(student)
        if due is None:
            return Lateness(0, None, submitted)
        if submitted is None:
            # Canvas says that it is late, and not by how much; for an extension it can't know.
            return Lateness(None if student in self._flagged else 0, due, None, extended)
        over = (submitted - due).total_seconds() - 60 * self._lab.policy.grace_minutes
        return Lateness(max(0, math.ceil(over / _DAY)), due, submitted, extended)

    def _due(self, student: str) -> tuple[datetime | None, bool]:
        due = self._aware(self._lab.due) if self._lab.due else None
        given = self._course.extensions.get(student, {}).get(self._lab.name)
        if given is None:
            return due, False
        if isinstance(given, datetime):
            return self._aware(given), True
        if isinstance(given, date):  # a day ends when it is over
            end = datetime(given.year, given.month, given.day) + timedelta(days=1)
            return self._aware(end), True
        return (due + timedelta(days=given) if due else None), True

    def _submitted(self, student: str) -> datetime | None:
        path = self._course.submitted_dir / student / self._lab.name / TIMESTAMP
        try:
            moment = parse_utc(path.read_text(encoding="utf-8").strip())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, OverflowError) as error:
            raise AutograderError(
                f"{path} holds no time: {error}", "write one, like 2027-02-05 23:59:00 UTC"
            ) from error
        return moment.replace(tzinfo=timezone.utc)

    def _aware(self, moment: datetime) -> datetime:
        return moment if moment.tzinfo else moment.replace(tzinfo=self._course.timezone)


def _counts(row: Row) -> bool:
    return row.state in {"taken", "unchanged"}
