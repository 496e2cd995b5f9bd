from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.autograder.conftest import made_course  # noqa: F401 (a fixture)
from tests.server.served_course import ServedCourse, copy_course

_PACKAGES = ("starlette", "uvicorn", "python_multipart", "tomlkit", "pylti1p3")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the server's tests where its packages are not installed."""
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        skip = pytest.mark.skip(reason=f"the extra [server] is missing: {', '.join(missing)}")
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(skip)


@pytest.fixture(scope="module")
def server(made_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator:  # noqa: F811
    """A running server of the tiny course, which the tests of a module share."""
    course = copy_course(made_course, tmp_path_factory.mktemp("served") / "course")
    one = ServedCourse(course)
    one.start()
    yield one
    one.stop()
