"""What goes wrong with data, in words that a student can act on."""

from __future__ import annotations


class DataError(RuntimeError):
    """A data set that cannot be had as it was asked for.

    Args:
        what: what is wrong, one sentence without its full stop; the announcement of a stand-in
            repeats it.
        to_do: lines that say what to do now.

    Example:
        >>> raise DataError("there is no network", "Connect, or load the stand-in.")
        Traceback (most recent call last):
        ...
        course_lib.data.errors.DataError: there is no network.
        Connect, or load the stand-in.
    """

    def __init__(self, what: str, to_do: str):
        super().__init__(f"{what}.\n{to_do}")
        self.what = what
