"""Asks about times of the class list that can be read in two ways."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.course.roster import Roster
from autograder.errors import AutograderError
from autograder.lms.submitted_file import SubmittedFile


def check_times(roster: Roster | None, submitted: Iterable[SubmittedFile]) -> None:
    """Check that the class list's times can be read, where the download has none.

    Args:
        roster: the class, if there is a list.
        submitted: the files of the download.

    Raises:
        AutograderError: one may be read in two ways.
    """
    people = roster.people if roster else ()
    times = [person.unread_time for person in people if person.unread_time]
    doubt = next((time.text for time in times if time.is_uncertain), "")
    if doubt and any(file.name and file.submitted is None for file in submitted):
        raise AutograderError(
            f"the class list has a time that can be read in two ways: {doubt!r}",
            "say which with --dates day-first or --dates month-first, "
            "or write such times as 2027-02-04 23:59",
        )
