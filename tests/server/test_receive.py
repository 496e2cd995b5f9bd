"""What becomes an attempt, what is refused, and which attempt counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from sqlalchemy import update

from autograder.course.course import Course, Lab
from autograder.course.policy import Policy
from autograder.course.server_settings import ServerSettings
from autograder.server.counting import Counting
from autograder.server.database import Database
from autograder.server.receive import Receipt, add_attempt, attempt_path, receive_file
from autograder.server.refused import RefusedError
from autograder.server.tables import Attempt, Job, JobState, Student

DUE = datetime(2027, 2, 5, 12, tzinfo=timezone.utc)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "course.toml").write_text("[labs.01_neuron]\ndue = 2027-02-05T12:00:00Z\n")
    return Course(tmp_path)


@pytest.fixture
def database(course: Course) -> Database:
    return Database.of(course)


def submit(course: Course, database: Database, content: bytes, **settings) -> Receipt:
    lab = replace(course.lab("01"), server=ServerSettings(**settings))

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 3):
            yield content[start : start + 3]

    async def receive() -> Receipt:
        file = await receive_file(course, lab, chunks())
        return add_attempt(course, database, lab, "ada", "a.ipynb", file)

    return asyncio.run(receive())


def finish_all(database: Database) -> None:
    with database.write() as session:
        session.execute(update(Job).values(state=JobState.DONE.value))


def test_a_receipt_is_on_the_disk(course: Course, database: Database) -> None:
    attempt = submit(course, database, b"content").attempt
    assert attempt_path(course, attempt).read_bytes() == b"content"
    assert (attempt.number, attempt.size) == (1, 7)


@pytest.mark.parametrize(
    ("content", "settings", "status"),
    [(b"", {}, 400), (b"x" * 2000, {"size_mb": 0.001}, 413)],
    ids=["empty", "too large"],
)
def test_a_file_is_refused(course: Course, database: Database, content, settings, status) -> None:
    with pytest.raises(RefusedError) as refused:
        submit(course, database, content, **settings)
    assert refused.value.status == status
    assert not [path for path in course.received_dir.rglob("*") if path.is_file()]


def test_attempts_end(course: Course, database: Database) -> None:
    for number in range(2):
        submit(course, database, b"%d" % number, attempts=2)
        finish_all(database)
    with pytest.raises(RefusedError, match="all 2 attempts"):
        submit(course, database, b"third", attempts=2)
    assert submit(course, database, b"1", attempts=2).is_repeated


def test_a_pause_is_kept_unless_the_clock_was_set_back(course: Course, database: Database) -> None:
    submit(course, database, b"1")
    with pytest.raises(RefusedError, match="in 10 minutes"):
        submit(course, database, b"2", pause_minutes=10)
    with database.write() as session:
        session.execute(update(Attempt).values(received=Attempt.received + 5_000))
    assert submit(course, database, b"2", pause_minutes=10).attempt.number == 2


def test_few_files_of_a_student_wait(course: Course, database: Database) -> None:
    for number in range(3):
        submit(course, database, b"%d" % number)
    with pytest.raises(RefusedError, match="already wait"):
        submit(course, database, b"fourth")
    finish_all(database)
    submit(course, database, b"fourth")


HOUR = 3600.0
COUNTS = {
    "the last": ("last", Policy(), [(10, 0), (4, 0)], 2),
    "the best": ("best", Policy(), [(10, 0), (4, 0)], 1),
    "the first of equals": ("best", Policy(), [(7, 0), (7, 0)], 1),
    "a late one that is worth it": ("best", Policy(0.1), [(5, 0), (10, HOUR)], 2),
    "a late one that is not": ("best", Policy(0.1), [(9.5, 0), (10, HOUR)], 1),
    "too late": ("best", Policy(0.1, latest_days=1), [(1, 0), (10, 30 * HOUR)], 1),
    "nothing graded": ("best", Policy(), [], None),
}


@pytest.mark.parametrize("name", COUNTS)
def test_which_attempt_counts(course: Course, name: str) -> None:
    counts, policy, attempts, wanted = COUNTS[name]
    lab: Lab = replace(course.lab("01"), server=ServerSettings(counts=counts), policy=policy)
    student = Student(id=1, person="ada")
    given = [
        (
            Attempt(
                number=number, student=student, max_score=10.0, received=DUE.timestamp() + late - 60
            ),
            float(score),
        )
        for number, (score, late) in enumerate(attempts, 1)
    ]
    chosen = Counting(course, lab).choose(given)
    assert (chosen.number if chosen else None) == wanted
