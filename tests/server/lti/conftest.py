from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.autograder.conftest import made_course  # noqa: F401 (a fixture)
from tests.server.lti.lms_platform import LmsPlatform
from tests.server.lti.lms_visit import LmsVisit
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
