"""The limits' names and values."""

from __future__ import annotations

import pytest

from autograder.engine.wire.limits import Limits


def test_a_table_of_the_course() -> None:
    limits = Limits.of({"cell_seconds": 5, "processes": 9.0})
    assert (limits.cell_seconds, limits.processes, limits.memory_mb) == (5.0, 9, 4096.0)
    assert type(limits.processes) is int


@pytest.mark.parametrize("table", [{"minutes": 3}, {"seconds": 0}, {"disk_mb": -1}])
def test_what_is_no_limit_is_said(table: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(table))):
        Limits.of(table)
