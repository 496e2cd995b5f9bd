from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from autograder.server.tables import Role
from tests.autograder.conftest import made_course  # noqa: F401 (a fixture)
from tests.autograder.tiny_course import LAB, solved
from tests.server.served_course import Browser, ServedCourse, copy_course


@dataclass(frozen=True)
class Scene:
    """A server without a worker, an honest student with a receipt, and an attacker's session."""

    server: ServedCourse
    honest: str
    receipt: dict
    attacker: Browser
    attacker_token: str
    instructor: Browser


@pytest.fixture(scope="module")
def scene(made_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator:  # noqa: F811
    """The scene; at the end the honest student's work is as it was."""
    server = ServedCourse(copy_course(made_course, tmp_path_factory.mktemp("a") / "course"), 0)
    server.start()
    honest, attacker = server.invite("honest").token, server.invite("attacker").token
    content = nbformat.writes(solved(server.course)).encode()
    receipt = server.submit(honest, content).json
    professor = server.invite("Prof", Role.INSTRUCTOR).token
    yield Scene(
        server, honest, receipt, server.sign_in(attacker), attacker, server.sign_in(professor)
    )
    after = server.look(honest, receipt["receipt"])
    assert after == {key: value for key, value in receipt.items() if key != "repeated"}
    kept = server.course.received_dir / LAB / f"{receipt['receipt']}.ipynb"
    assert kept.read_bytes() == content
    server.stop()
