"""The error that every command reports with what to do next."""

from __future__ import annotations

import errno

# Errors of writing to an open file: they do not name the file.
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


class AutograderError(Exception):
    """An error that a person can fix.

    Args:
        message: What is wrong, and where (file, cell or option).
        hint: What to do or type next; empty if the message says it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
