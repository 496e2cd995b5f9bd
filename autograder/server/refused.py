"""A request that is not granted: what the person reads, and the HTTP status."""

from __future__ import annotations

from autograder.errors import AutograderError


class RefusedError(AutograderError):
    """A request that is not granted.

    Args:
        status: The HTTP status.
        message: What is wrong, and where.
        hint: What to do next.
        wait_seconds: After how long it may work; None if waiting does not help.
    """

    def __init__(
        self, status: int, message: str, hint: str = "", wait_seconds: float | None = None
    ) -> None:
        super().__init__(message, hint)
        self.status, self.wait_seconds = status, wait_seconds
