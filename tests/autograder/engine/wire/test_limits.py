"""The limits' names and values."""

from __future__ import annotations

from autograder.engine.wire.limits import Limits


def test_a_table_of_the_course() -> None:
    limits = Limits.of({"cell_seconds": 5, "processes": 9.0})
    assert (limits.cell_seconds, limits.processes, limits.memory_mb) == (5.0, 9, 4096.0)
    assert type(limits.processes) is int
