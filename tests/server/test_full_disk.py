"""A full disk: no receipt is given for what is not stored, and the server goes on afterwards."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import nbformat
import pytest
from sqlalchemy import select

from autograder.course.course import Course
from autograder.server.database import Database
from autograder.server.links import invite
from autograder.server.tables import Attempt, Role
from tests.autograder.conftest import made_course  # noqa: F401 (a fixture)
from tests.autograder.tiny_course import LAB, solved
from tests.server.served_course import Answer, copy_course, find_free_port

pytestmark = pytest.mark.slow
NAMESPACES = ["unshare", "--user", "--map-root-user", "--mount"]
SERVE = """
mount -t tmpfs -o size=24m tmpfs "$1" && cp -a "$2" "$1/course" && shift 2 && exec "$@"
"""


class SmallDisk:
    """A server whose course is on a disk of 24 MB, in a mount namespace of its own."""

    def __init__(self, course: Course, place: Path) -> None:
        self.port = find_free_port()
        command = [sys.executable, "-m", "autograder", "serve", "--workers", "0"]
        command += ["--port", str(self.port), "--course-dir", str(place / "course")]
        self.log = place.parent / "log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*NAMESPACES, "sh", "-c", SERVE, "sh", str(place), str(course.root), *command],
                stdout=log,
                stderr=log,
            )
        # What the server sees there.
        self.root = Path(f"/proc/{self._process.pid}/root{place}/course")
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 90
        while time.monotonic() < end:
            assert self._process.poll() is None, self.log.read_text()
            try:
                if self.request("GET", "/health").status == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError(self.log.read_text())

    def request(self, method: str, path: str, body: bytes = b"", token: str = "") -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {token}"})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def submit(self, token: str, content: bytes) -> Answer:
        return self.request("POST", f"/api/labs/{LAB}/attempts", content, token)

    def fill(self, room: int) -> None:
        """Fill the disk, but for some bytes."""
        usage = shutil.disk_usage(self.root)
        with (self.root / "filler").open("wb") as file:
            file.write(bytes(max(0, usage.free - room)))

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)


@pytest.fixture
def disk(made_course: Path, tmp_path: Path) -> Iterator[tuple[SmallDisk, str]]:  # noqa: F811
    tried = shutil.which("unshare") and subprocess.run(
        [*NAMESPACES, "mount", "-t", "tmpfs", "x", "/mnt"], capture_output=True
    )
    if not tried or tried.returncode:
        pytest.skip("this user cannot make a mount namespace, and so no small disk")
    course = copy_course(made_course, tmp_path / "made")
    database = Database.of(course)
    token = invite(database, "test", Role.STUDENT, "ada", "Ada").token
    database.close()
    place = tmp_path / "disk"
    place.mkdir()
    small = SmallDisk(course, place)
    yield small, token
    small.stop()


@pytest.mark.parametrize("room", [0, 40 * 1024, 400 * 1024])
def test_a_receipt_means_that_it_is_stored(
    disk: tuple[SmallDisk, str],
    room: int,
    tmp_path: Path,
) -> None:
    small, token = disk
    first = nbformat.writes(solved(Course(tmp_path / "made"))).encode()
    assert small.submit(token, first).status == 201
    small.fill(room)
    large = first + b" " * 1_000_000
    receipts = []
    for number in range(3):
        answer = small.submit(token, large + b" " * number)
        assert answer.status in (503, 507), answer.text
        assert answer.json["hint"] and "Traceback" not in answer.text
        small_file = small.submit(token, first + b" " * number)
        if small_file.status in (200, 201):
            receipts.append(small_file.json["receipt"])
        else:
            assert small_file.status in (429, 503, 507), small_file.text
    assert small.request("GET", "/health").status == 200
    (small.root / "filler").unlink()
    for receipt in receipts:
        assert small.request("GET", f"/api/attempts/{receipt}", token=token).status == 200
    again = small.submit(token, first + b"\n\n")
    assert again.status in (201, 429), again.text  # three files may wait for grading
    check_rows(small, tmp_path / "copy", receipts)


def check_rows(small: SmallDisk, copy: Path, receipts: list[str]) -> None:
    """Each attempt has its file, whole; no file that came in part is left."""
    shutil.copytree(small.root, copy)
    database = Database.of(Course(copy))
    with database.read() as session:
        attempts = list(session.scalars(select(Attempt)))
    database.close()
    assert set(receipts) <= {one.receipt for one in attempts}
    for one in attempts:
        assert (copy / "received" / LAB / f"{one.receipt}.ipynb").stat().st_size == one.size
    assert not list((copy / "received").rglob(".incoming-*"))
