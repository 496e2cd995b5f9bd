"""The error of a data set that cannot be loaded."""

from __future__ import annotations

from course_lib.course_error import CourseError


class DataError(CourseError):
    """A data set cannot be loaded in the requested way.

    Example:
        >>> raise DataError("there is no network", "Connect, or load the stand-in.")
        Traceback (most recent call last):
        ...
        course_lib.data.sources.data_error.DataError: there is no network.
        Connect, or load the stand-in.
    """
