"""What one submission may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


def _limit(default: float, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class Limits:
    """What one submission may use; each limit has its name in `course.toml`.

    Example:
        >>> Limits(cell_seconds=20).sentence("cell_seconds", "cell 7")
        'cell 7 ran longer than 20 s; the questions before it were graded'
    """

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
        return cls(**{name: types[name](value) for name, value in table.items()})

    def as_dict(self) -> dict[str, float]:
        """The limits as a `[limits]` table."""
        return asdict(self)

    def sentence(self, name: str, where: str) -> str:
        """What a student reads who met the limit `name` in `where` ("cell 7")."""
        return f"{where} {_SENTENCES[name].format(**self.as_dict())}"


_SENTENCES = {
    "cell_seconds": "ran longer than {cell_seconds:g} s; the questions before it were graded",
    "seconds": "was reached when the notebook's {seconds:g} s were used up",
    "call_seconds": "called a function of the notebook that took longer than {call_seconds:g} s",
    "cpu_seconds": "used more than {cpu_seconds:g} s of processor time",
    "memory_mb": "used more than {memory_mb:g} MB of memory",
    "processes": "started more than {processes:g} processes and threads",
    "disk_mb": "wrote more than {disk_mb:g} MB of files",
    "output_mb": "showed more than {output_mb:g} MB of output; the rest was left out",
    "output_messages": "showed more than {output_messages:g} outputs; the rest was left out",
    "value_mb": "asked for a value larger than {value_mb:g} MB",
}
