"""The limits' names and values."""

from __future__ import annotations

from dataclasses import fields

import pytest

from autograder.engine.wire.limits import Cause, Limits
from autograder.engine.wire.question_verdict import Status


def test_a_table_of_the_course() -> None:
    limits = Limits.of({"cell_seconds": 5, "processes": 9.0})
    assert (limits.cell_seconds, limits.processes, limits.memory_mb) == (5.0, 9, 4096.0)
    assert type(limits.processes) is int


@pytest.mark.parametrize("table", [{"minutes": 3}, {"seconds": 0}, {"disk_mb": -1}])
def test_a_wrong_limit_is_named(table: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(table))):
        Limits.of(table)


def test_every_limit_is_a_cause() -> None:
    assert {limit.name for limit in fields(Limits)} < {cause.value for cause in Cause}


def test_a_limit_in_seconds_is_a_timeout() -> None:
    timeouts = {cause for cause in Cause if cause.status is Status.TIMEOUT}
    assert timeouts == {cause for cause in Cause if cause.value.endswith("seconds")}
