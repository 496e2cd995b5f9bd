from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

for _package in ("starlette", "uvicorn", "python_multipart", "tomlkit"):
    pytest.importorskip(_package, reason="the extra [server] is not installed")

from tests.autograder.conftest import made_course  # noqa: E402, F401 (a fixture)
from tests.server.served_course import ServedCourse, copy_course  # noqa: E402


@pytest.fixture(scope="module")
def server(made_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator:  # noqa: F811
    """A running server of the tiny course, which the tests of a module share."""
    course = copy_course(made_course, tmp_path_factory.mktemp("served") / "course")
    one = ServedCourse(course)
    one.start()
    yield one
    one.stop()
