from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.autograder.conftest import made_course  # noqa: F401 (a fixture)
from tests.server.lti.lms_platform import LmsPlatform
from tests.server.lti.lms_visit import LmsVisit
from tests.server.lti.marked_class import MarkedClass, make_marked_class
from tests.server.postgres import run_postgres
from tests.server.served_course import ServedCourse, copy_course

ROSTER = """id,name,email
ada,Ada Lovelace,ada@example.org
bob,Bob Noyce,bob@example.org
eve,Eve,eve@example.org
"""


@dataclass(frozen=True)
class Campus:
    """A server without a worker, and the LMS that it knows."""

    server: ServedCourse
    lms: LmsPlatform

    def visit(self) -> LmsVisit:
        return LmsVisit(self.server, self.lms)


@pytest.fixture(scope="module")
def campus(made_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator:  # noqa: F811
    from autograder.server.lti.tool_key import make_key

    lms = LmsPlatform()
    root = tmp_path_factory.mktemp("campus") / "course"
    course = copy_course(made_course, root, lms.settings)
    (root / "roster.csv").write_text(ROSTER)
    assert make_key(course) and not make_key(course)
    server = ServedCourse(course, 0)
    server.start()
    lms.tool_keys_url = f"http://127.0.0.1:{server.port}/lti/keys"
    yield Campus(server, lms)
    server.stop()
    lms.close()


@pytest.fixture
def graded(made_course: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator:  # noqa: F811
    """A marked class; `request.param` names its database."""
    wanted = getattr(request, "param", "sqlite")
    url = request.getfixturevalue("postgres") if wanted == "postgresql" else None
    lms = LmsPlatform()
    course = copy_course(made_course, tmp_path / "course", lms.settings)
    one: MarkedClass = make_marked_class(course, lms, url)
    yield one
    one.database.close()
    lms.close()


@pytest.fixture
def postgres() -> Iterator[str]:
    # Another account runs it, which cannot enter pytest's folders.
    with TemporaryDirectory(prefix="pg-") as folder:
        os.chmod(folder, 0o755)
        with run_postgres(Path(folder)) as url:
            yield url
