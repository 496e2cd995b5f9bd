"""What one submission may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class Limits:
    """What one submission may use; each limit has the name it has in `course.toml`.

    Args:
        cell_seconds: wall time of one cell, and of one test.
        seconds: wall time of the whole notebook, recovery included.
        call_seconds: wall time of one call from a test into the student's code.
        cpu_seconds: processor time of all the student's processes together.
        memory_mb: resident memory of all the student's processes together, in MiB.
        processes: processes and threads of the student at one time.
        disk_mb: files that the student's code may keep, in MiB.
        output_mb: text and images that one cell may show, in MiB.
        output_messages: pieces of output that one cell may show.
        value_mb: size of one value that a test fetches from the student's code, in MiB.
    """

    cell_seconds: float = 120.0
    seconds: float = 300.0
    call_seconds: float = 60.0
    cpu_seconds: float = 900.0
    memory_mb: float = 4096.0
    processes: int = 256
    disk_mb: float = 512.0
    output_mb: float = 16.0
    output_messages: int = 5000
    value_mb: float = 256.0

    @classmethod
    def of(cls, table: Mapping[str, float]) -> Limits:
        """The limits of a `[limits]` table; a limit that it leaves out keeps its default.

        Raises:
            ValueError: a name is unknown, or a value is not above 0.
        """
        known = {item.name: item.type for item in fields(cls)}
        for name, value in table.items():
            if name not in known:
                raise ValueError(f"[limits] {name}: unknown; the limits are {', '.join(known)}")
            if not value > 0:
                raise ValueError(f"[limits] {name} = {value}: a limit must be above 0")
        return cls(**{n: int(v) if known[n] == "int" else float(v) for n, v in table.items()})

    def as_dict(self) -> dict[str, float]:
        """The limits as a `[limits]` table."""
        return asdict(self)
