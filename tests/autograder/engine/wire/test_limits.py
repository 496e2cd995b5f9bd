"""The limits of a table, and their sentences."""

from __future__ import annotations

from dataclasses import fields

from autograder.engine.wire.limits import Limits


def test_a_table_of_the_course() -> None:
    limits = Limits.of({"cell_seconds": 5, "processes": 9.0})
    assert (limits.cell_seconds, limits.processes, limits.memory_mb) == (5.0, 9, 4096.0)
    assert type(limits.processes) is int


def test_every_limit_has_a_sentence() -> None:
    for limit in fields(Limits):
        assert Limits().sentence(limit.name, "cell 7").startswith("cell 7 ")
