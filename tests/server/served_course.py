"""A course with a real server: uvicorn, and a worker with a real engine, in own processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

from autograder.course.course import Course
from autograder.server.database import Database
from autograder.server.links import Invitation, invite
from autograder.server.tables import Role
from tests.autograder.tiny_course import LAB

STARTS_WITHIN = 90
GRADES_WITHIN = 180


class Answer:
    """An answer, read to its end."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status, self.headers = response.status, response.headers
        self.body = response.read()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> dict:
        return json.loads(self.body)


class ServedCourse:
    """A server of a course; `start` and `kill` may alternate.

    Args:
        course: The course.
        workers: Submissions graded at the same time.
        url: The database's; default: a file in the course folder.
        variables: Environment variables of the server.
    """

    def __init__(
        self,
        course: Course,
        workers: int = 1,
        url: str | None = None,
        variables: dict[str, str] | None = None,
    ) -> None:
        self.course, self._workers, self._url = course, workers, url
        self.variables = variables or {}
        self.database = Database.of(course, url)
        self._process: subprocess.Popen | None = None
        self.port = find_free_port()
        self.log = course.root / "server.log"

    def invite(self, person: str, role: Role = Role.STUDENT) -> Invitation:
        return invite(self.database, "test", role, person, person)

    def start(self) -> None:
        command = [sys.executable, "-m", "autograder", "serve", "--port", str(self.port)]
        command += ["--course-dir", str(self.course.root), "--workers", str(self._workers)]
        if self._url is not None:
            command += ["--database", self._url]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, **self.variables},
            )
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end:
            try:
                if self.request("GET", "/health").status == 200:
                    return
            except OSError:
                assert self._process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """End the server as a power cut does; its worker notices."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)
        self.database.close()

    def worker_pids(self) -> list[int]:
        """The processes of the server's workers, from its log."""
        found = re.findall(r"worker \S+ started, process (\d+)", self.log.read_text())
        return [pid for pid in map(int, found) if Path(f"/proc/{pid}").exists()]

    def request(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def submit(self, token: str, content: bytes, lab: str = LAB, name: str = "x.ipynb") -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        query = urlencode({"name": name})
        return self.request("POST", f"/api/labs/{lab}/attempts?{query}", content, headers)

    def look(self, token: str, receipt: str) -> dict:
        headers = {"Authorization": f"Bearer {token}"}
        return self.request("GET", f"/api/attempts/{receipt}", headers=headers).json

    def wait(self, token: str, receipt: str) -> dict:
        """An attempt once it is graded."""
        end = time.monotonic() + GRADES_WITHIN
        while time.monotonic() < end:
            record = self.look(token, receipt)
            if record["graded"]:
                return record
            time.sleep(0.3)
        raise AssertionError(self.log.read_text()[-3000:])

    def sign_in(self, token: str) -> Browser:
        return Browser(self, token)


class Browser:
    """A signed-in browser without JavaScript."""

    def __init__(self, server: ServedCourse, token: str) -> None:
        self._server = server
        answer = server.request("POST", "/enter", urlencode({"token": token}), FORM)
        assert answer.status == 303, answer.text
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        self.set_cookie = answer.headers["set-cookie"]

    def get(self, path: str) -> Answer:
        return self._server.request("GET", path, headers={"Cookie": self.cookie})

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        sent = {**FORM, "Cookie": self.cookie, **headers}
        return self._server.request("POST", path, urlencode(fields), sent)

    def upload(self, path: str, csrf: str, name: str, content: bytes) -> Answer:
        kind, body = make_multipart(csrf, name, content)
        headers = {"Content-Type": kind, "Cookie": self.cookie}
        return self._server.request("POST", path, body, headers)

    def csrf(self, path: str) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert found
        return found[1]


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def make_multipart(csrf: str, name: str, content: bytes) -> tuple[str, bytes]:
    """A form with a file, as a browser sends it."""
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = (
        f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n--b\r\n'
        f'Content-Disposition: form-data; name="notebook"; filename="{escaped}"\r\n\r\n'
    )
    return "multipart/form-data; boundary=b", head.encode() + content + b"\r\n--b--\r\n"


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def copy_course(made: Path, target: Path, settings: str = "") -> Course:
    """A copy of the tiny course, with more settings."""
    shutil.copytree(made, target)
    with (target / "course.toml").open("a") as file:
        file.write(settings)
    return Course(target)
