"""Submit to the course's server as a class does: time from sending a notebook to its marks.

    python benchmarks/serve_load.py [--quick] [--students 300] [--minutes 10] [--bad 10000]
        [--burst 50]

Students submit the light notebook at random moments; meanwhile others send bad requests: wrong
tokens, unknown pages, large and huge bodies, and connections that stay silent or send a byte a
second. Then a group submits at the same moment. All on this machine's loopback.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import nbformat
from sqlalchemy import select

from autograder import Course
from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.notebooks.forms import solve_notebook
from autograder.server.database import Database
from autograder.server.links import invite
from autograder.server.tables import Attempt, Job, Role
from figure import Figure, report
from light_course import make_light_course

_LAST_MARKS_SECONDS = 200


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="12 students in half a minute")
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--bad", type=int, default=10_000, help="bad requests meanwhile")
    parser.add_argument("--burst", type=int, default=50, help="students at the same moment")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.quick:
        options.students, options.minutes, options.bad, options.burst = 12, 0.5, 200, 4
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        course = make_light_course(Path(name, "course"))
        server = Server(course, options.workers)
        try:
            measure(server, options)
        finally:
            server.stop()


class Server:
    """A server in a process of its own.

    Args:
        course: The course.
        workers: Submissions graded at the same time.
    """

    def __init__(self, course: Course, workers: int) -> None:
        self.course, self.database = course, Database.of(course)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "autograder", "serve", "--port", str(self.port)]
        command += ["--course-dir", str(course.root), "--workers", str(workers)]
        log = (course.root / "server.log").open("w")
        self._process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until(lambda: self.ask("GET", "/health") == 200, 120)

    def ask(self, method: str, path: str, body: bytes = b"", token: str = "") -> int:
        """Send a request; returns the status, or 0 where no answer came."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    def read_waits(self, sent: dict[str, float]) -> list[float]:
        """The seconds from sending to marks of each student whose marks are there."""
        with self.database.read() as session:
            rows = session.execute(select(Attempt, Job.finished).join(Job)).all()
            return [
                done - sent[attempt.student.person]
                for attempt, done in rows
                if done and attempt.student.person in sent
            ]

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(60)
        self.database.close()


def measure(server: Server, options: argparse.Namespace) -> None:
    """Let the class submit, and report."""
    content = nbformat.writes(
        solve_notebook(make_instructor_notebook(server.course, server.course.labs()[0]))
    ).encode()
    # The first one also pays for the check of the lab's tests.
    submit_all(server, content, {"first": 0.0})
    chance, seconds = random.Random(1), 60 * options.minutes
    pauses = {f"s{number:03}": chance.uniform(0, seconds) for number in range(options.students)}
    with ThreadPoolExecutor(4) as pool:
        attackers = [pool.submit(attack, server, options.bad // 4, seconds) for _ in range(4)]
        waits = submit_all(server, content, pauses)
    bad = sum(attacker.result() for attacker in attackers)
    data = f"light notebook, {len(waits)} students in {options.minutes:g} minutes, "
    data += f"{options.workers} workers"
    describe(waits, f"{data}, {bad:,} bad requests", goal=2.0)
    burst = submit_all(server, content, {f"b{number:03}": 0.0 for number in range(options.burst)})
    describe(burst, f"light notebook, {len(burst)} at once, {options.workers} workers")


def submit_all(server: Server, content: bytes, pauses: dict[str, float]) -> list[float]:
    """Submit for each student after a pause; return the seconds from sending to marks."""
    sent: dict[str, float] = {}
    tokens = {
        person: invite(server.database, "benchmark", Role.STUDENT, person, person).token
        for person in pauses
    }

    def submit(person: str) -> int:
        time.sleep(pauses[person])
        sent[person] = time.time()
        return server.ask("POST", "/api/labs/01_light/attempts", content, tokens[person])

    with ThreadPoolExecutor(len(pauses)) as pool:
        statuses = set(pool.map(submit, pauses))
    assert statuses == {201}, f"an honest student was refused: {statuses}"
    wait_until(lambda: len(server.read_waits(sent)) == len(sent), _LAST_MARKS_SECONDS)
    return server.read_waits(sent)


def describe(waits: list[float], data: str, goal: float | None = None) -> None:
    """Report percentiles; `goal` is for 95 %."""
    cuts = statistics.quantiles(waits, n=100, method="inclusive")
    for percent, most in ((50, None), (95, goal), (99, None)):
        name = f"from sending to marks, {percent} % of the class"
        report(Figure(name, cuts[percent - 1], "s", at_most=most, data=data))


def attack(server: Server, number: int, seconds: float) -> int:
    """Send bad requests over some time; returns how many."""
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(5)]
    for one in slow[1:]:
        one.sendall(b"POST /enter HTTP/1.1\r\nContent-Length: 10000\r\nX: ")
    for index in range(number):
        kind = index % 4
        with contextlib.suppress(OSError):  # the server has closed it
            slow[1 + index % 4].send(b"x")
        if kind == 0:
            server.ask("GET", "/api/labs", token=f"wrong-{index}")
        elif kind == 1:
            server.ask("GET", f"/attempts/{index:032x}")
        elif kind == 2:
            server.ask("POST", "/enter", b"x" * 100_000)
        else:
            announce_huge_body(server)
        time.sleep(seconds / max(1, number) / 2)
    for one in slow:
        one.close()
    return number


def announce_huge_body(server: Server) -> None:
    """Announce 10 GB, send a little of it, and hang up."""
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", server.port)) as one,
    ):
        one.sendall(b"POST /enter HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n")
        one.sendall(b"x" * 10_000)


def wait_until(is_done: Callable[[], bool], seconds: float) -> None:
    """Wait for something.

    Raises:
        TimeoutError: It did not happen in time.
    """
    end = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.3)


if __name__ == "__main__":
    main()
