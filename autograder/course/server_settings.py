"""What `autograder serve` shows and accepts, for the course or for one lab."""

from __future__ import annotations

from dataclasses import dataclass

SHOWS = ("marks", "checks", "receipt")
COUNTS = ("last", "best")


@dataclass(frozen=True)
class ServerSettings:
    """The settings of `[server]` for the course or for one lab; see `schema.py`."""

    shows: str = "marks"
    attempts: int = 0
    counts: str = "last"
    pause_minutes: float = 0.0
    size_mb: float = 25.0

    @property
    def most_bytes(self) -> int:
        """The maximum size of a file, in bytes."""
        return int(self.size_mb * 2**20)
