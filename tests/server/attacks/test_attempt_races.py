"""Attempts at the same moment: limits hold, and the same file counts once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from autograder.server.tables import Attempt
from tests.autograder.tiny_course import LAB
from tests.server.served_course import ServedCourse, copy_course

AT_ONCE = 6  # as many as the limit on the rate lets pass at once


@pytest.fixture(scope="module")
def server(made_course: Path, tmp_path_factory: pytest.TempPathFactory):
    settings = "[server]\nattempts = 2\npause_minutes = 1\n"
    course = copy_course(made_course, tmp_path_factory.mktemp("r") / "course", settings)
    one = ServedCourse(course, 0)
    one.start()
    yield one
    one.stop()


def test_a_race_wins_no_attempt(server: ServedCourse) -> None:
    token = server.invite("racer").token
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(server.submit, token, b"{%d}" % number) for number in range(AT_ONCE)]
    statuses = Counter(job.result().status for job in jobs)
    assert statuses == {201: 1, 429: AT_ONCE - 1}  # a pause of a minute
    answers = [job.result() for job in jobs if job.result().status == 429]
    assert all(0 < int(answer.headers["retry-after"]) <= 61 for answer in answers)


def test_the_same_file_at_once_is_one_attempt(server: ServedCourse) -> None:
    token = server.invite("double").token
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(server.submit, token, b"{}") for _ in range(AT_ONCE)]
    answers = [job.result() for job in jobs]
    assert {answer.status for answer in answers} == {200, 201}
    assert len({answer.json["receipt"] for answer in answers}) == 1
    assert Counter(answer.json["repeated"] for answer in answers)[False] == 1


def test_refused_files_leave_nothing(server: ServedCourse) -> None:
    kept = list((server.course.received_dir / LAB).iterdir())
    with server.database.read() as session:
        receipts = set(session.scalars(select(Attempt.receipt)))
    assert {path.stem for path in kept} == receipts


def test_uploads_are_limited(server: ServedCourse) -> None:
    token = server.invite("flood").token
    statuses = [server.submit(token, b"{}").status for _ in range(12)]
    assert statuses[0] == 201 and statuses[-1] == 429
