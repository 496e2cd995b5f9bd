"""Server and worker are killed at random moments: every receipt has its row, none twice."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pytest
from sqlalchemy import func, select

from autograder.gradebook.gradebook import CourseGradebook
from autograder.server.tables import Attempt, Job
from tests.autograder.tiny_course import LAB, mistaken, solved
from tests.server.postgres import run_postgres
from tests.server.served_course import ServedCourse, copy_course

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("SERVER_KILLS", "4"))
STUDENTS = int(os.environ.get("SERVER_STUDENTS", "12"))


@pytest.fixture(params=["sqlite", "postgresql"])
def server(made_course: Path, tmp_path: Path, request: pytest.FixtureRequest):
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            # A short path: that of its socket has at most 107 characters.
            folder = stack.enter_context(TemporaryDirectory())
            os.chmod(folder, 0o755)
            url = stack.enter_context(run_postgres(Path(folder)))
        one = ServedCourse(copy_course(made_course, tmp_path / "course"), url=url)
        stack.callback(one.stop)
        one.start()
        yield one


def submit_until_received(server: ServedCourse, token: str, content: bytes) -> dict:
    """A client that was given no answer sends the same file again."""
    end = time.monotonic() + 300
    while time.monotonic() < end:
        with suppress(OSError, ValueError):
            answer = server.submit(token, content)
            if answer.status in (200, 201):
                return answer.json
        time.sleep(0.5)
    raise AssertionError(server.log.read_text()[-2000:])


def kill_at_random(server: ServedCourse, chance: random.Random, done: threading.Event) -> None:
    for number in range(KILLS):
        if done.wait(chance.uniform(0.2, 6.0)):
            return
        if number % 2:
            for pid in server.worker_pids():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        else:
            server.kill()
            server.start()


def test_no_receipt_is_lost_and_none_counts_twice(server: ServedCourse) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    chance, done = random.Random(seed), threading.Event()
    right = nbformat.writes(solved(server.course)).encode()
    wrong = nbformat.writes(mistaken(server.course, "softmax_over_the_batch")).encode()
    class_of = {f"s{n}": (server.invite(f"s{n}").token, n % 2) for n in range(STUDENTS)}
    killer = threading.Thread(target=kill_at_random, args=(server, chance, done))
    killer.start()
    receipts = {}
    for student, (token, is_right) in class_of.items():
        receipts[student] = submit_until_received(server, token, right if is_right else wrong)
        time.sleep(chance.uniform(0, 0.5))
    killer.join()
    done.set()
    for student, (token, is_right) in class_of.items():
        record = wait_through_restarts(server, token, receipts[student]["receipt"])
        assert (record["score"], record["attempt"]) == (6.0 if is_right else 3.0, 1)
        assert record["sha256"] == receipts[student]["sha256"]
    check_rows(server, class_of)


def wait_through_restarts(server: ServedCourse, token: str, receipt: str) -> dict:
    with suppress(OSError):
        return server.wait(token, receipt)
    server.start()
    return server.wait(token, receipt)


def check_rows(server: ServedCourse, class_of: dict) -> None:
    """One attempt and one job for each student, and the gradebook of an undisturbed run."""
    with server.database.read() as session:
        attempts = Counter(one.student.person for one in session.scalars(select(Attempt)))
        assert attempts == dict.fromkeys(class_of, 1)
        assert session.scalar(select(func.count()).select_from(Job)) == len(class_of)
    lab, gradebook = server.course.lab(LAB), CourseGradebook(server.course)
    for student, (_, is_right) in class_of.items():
        scores = gradebook.read_scores(lab, student, LAB)
        assert scores["softmax"] == (3.0 if is_right else 0.0, 3.0)
        assert scores["neuron"] == (2.0, 2.0)
    kept = list((server.course.received_dir / LAB).glob("[!.]*"))
    assert len(kept) >= len(class_of)


def test_a_worker_that_starts_late_finds_what_waits(made_course: Path, tmp_path: Path) -> None:
    server = ServedCourse(copy_course(made_course, tmp_path / "course"), workers=0)
    server.start()
    token = server.invite("ada").token
    receipt = server.submit(token, nbformat.writes(solved(server.course)).encode()).json
    server.kill()
    server.kill()
    later = ServedCourse(server.course)
    later.start()
    assert later.wait(token, receipt["receipt"])["score"] == 6.0
    later.stop()
