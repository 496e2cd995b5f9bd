"""Submit to the course's server as a class does: time from sending a notebook to its marks.

    python benchmarks/serve_load.py [--quick] [--students 300] [--minutes 10] [--bad 10000]

Students submit the light notebook at random moments; meanwhile others send bad requests: wrong
tokens, large bodies, and connections that stay silent. All on this machine's loopback.
"""

from __future__ import annotations

import argparse
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
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

_FIRST_MARKS_SECONDS = 300


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="12 students in half a minute")
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--bad", type=int, default=10_000, help="bad requests meanwhile")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.quick:
        options.students, options.minutes, options.bad = 12, 0.5, 200
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
    tokens = {
        name: invite(server.database, "benchmark", Role.STUDENT, name, name).token
        for name in ["first", *(f"s{number:03}" for number in range(options.students))]
    }
    path = "/api/labs/01_light/attempts"
    # The first one also pays for the check of the lab's tests.
    sent = {"first": time.time()}
    assert server.ask("POST", path, content, tokens.pop("first")) == 201
    wait_until(lambda: len(server.read_waits(sent)) == 1, _FIRST_MARKS_SECONDS)
    sent, refused = {}, threading.Event()

    def submit(person: str, pause: float) -> None:
        time.sleep(pause)
        sent[person] = time.time()
        if server.ask("POST", path, content, tokens[person]) != 201:
            refused.set()

    chance, seconds = random.Random(1), 60 * options.minutes
    with ThreadPoolExecutor(options.students + 4) as pool:
        attackers = [pool.submit(attack, server, options.bad // 4, seconds) for _ in range(4)]
        for person in tokens:
            pool.submit(submit, person, chance.uniform(0, seconds))
    bad = sum(attacker.result() for attacker in attackers)
    wait_until(lambda: len(server.read_waits(sent)) == len(sent), 600)
    assert not refused.is_set(), "an honest student was refused"
    describe(server.read_waits(sent), options, bad)


def describe(waits: list[float], options: argparse.Namespace, bad: int) -> None:
    """Report percentiles."""
    cuts = statistics.quantiles(waits, n=100, method="inclusive")
    data = (
        f"light notebook, {len(waits)} students in {options.minutes:g} minutes, "
        f"{options.workers} workers, {bad:,} bad requests"
    )
    for percent, goal in ((50, None), (95, 2.0), (99, None)):
        name = f"from sending to marks, {percent} % of the class"
        report(Figure(name, cuts[percent - 1], "s", at_most=goal, data=data))


def attack(server: Server, number: int, seconds: float) -> int:
    """Send bad requests over some time; returns how many."""
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(5)]
    for index in range(number):
        kind = index % 3
        if kind == 0:
            server.ask("GET", "/api/labs", token=f"wrong-{index}")
        elif kind == 1:
            server.ask("GET", f"/attempts/{index:032x}")
        else:
            server.ask("POST", "/enter", b"x" * 100_000)
        time.sleep(seconds / max(1, number) / 2)
    for one in silent:
        one.close()
    return number


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
