"""A real engine for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.engine.engine import Engine
from autograder.engine.wire.limits import Limits


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(Limits(memory_mb=2000), environment={"COURSE_PROFILE": "quick"}) as engine:
        yield engine
