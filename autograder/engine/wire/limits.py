"""What one submission may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


def _limit(default: float, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class Limits:
    """What one submission may use; each limit has its name in `course.toml`."""

    cell_seconds: float = _limit(120.0, "Wall time of one cell, and of one test, in seconds.")
    seconds: float = _limit(
        300.0, "Wall time of the whole notebook, recovery included, in seconds."
    )
    call_seconds: float = _limit(
        60.0, "Wall time of one call from a test into the student's code, in seconds."
    )
    cpu_seconds: float = _limit(
        900.0, "CPU time of all the student's processes together, in seconds."
    )
    memory_mb: float = _limit(
        4096.0, "Resident memory of all the student's processes together, in MiB."
    )
    processes: int = _limit(256, "Processes and threads of the student at one time.")
    disk_mb: float = _limit(512.0, "Files that the student's code may keep, in MiB.")
    output_mb: float = _limit(16.0, "Text and images that one cell may show, in MiB.")
    output_messages: int = _limit(5000, "Outputs that one cell may show.")
    value_mb: float = _limit(
        256.0, "Size of one value that a test and the student's code exchange, in MiB."
    )

    @classmethod
    def of(cls, table: Mapping[str, float]) -> Limits:
        """Return the limits of a `[limits]` table, with defaults for the missing ones."""
        types = {limit.name: int if limit.type == "int" else float for limit in fields(cls)}
        values: dict[str, Any] = {name: types[name](value) for name, value in table.items()}
        return cls(**values)

    def as_dict(self) -> dict[str, float]:
        """The limits as a `[limits]` table."""
        return asdict(self)
