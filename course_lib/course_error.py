"""The base of the errors that course_lib raises with advice."""

from __future__ import annotations


class CourseError(RuntimeError):
    """An error whose message says what happened and what to do next.

    Args:
        what: What happened: one sentence without its full stop.
        to_do: Lines that say what to do next.

    Attributes:
        what: As given; the announcement of a stand-in repeats it.

    Example:
        >>> raise CourseError("the file is missing", "Copy it again.")
        Traceback (most recent call last):
        ...
        course_lib.course_error.CourseError: the file is missing.
        Copy it again.
    """

    def __init__(self, what: str, to_do: str) -> None:
        super().__init__(f"{what}.\n{to_do}")
        self.what = what
