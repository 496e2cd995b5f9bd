"""The queue: fair order, one running job a student, leases, and many workers at once."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import pytest
from sqlalchemy import select, update

from autograder.course.course import Course
from autograder.server.database import Database
from autograder.server.job_queue import JobQueue, count_before, release_jobs
from autograder.server.links import add_student
from autograder.server.tables import Attempt, Base, Held, Job, JobKind, JobState
from tests.server.postgres import run_postgres

LAB = "01_neuron"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    # Another account runs it, which cannot enter pytest's folders.
    with TemporaryDirectory(prefix="pg-") as folder:
        os.chmod(folder, 0o755)
        with run_postgres(Path(folder)) as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    (tmp_path / "course.toml").touch()
    url = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    made = Database.of(Course(tmp_path), url)
    yield made
    with made.write() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    made.close()


@pytest.fixture
def add(database: Database) -> Callable[..., int]:
    """Adds a job of a student; returns its number."""
    numbers: Counter[str] = Counter()

    def add_job(student: str, kind: JobKind = JobKind.GRADE) -> int:
        numbers[student] += 1
        with database.write() as session:
            attempt = Attempt(
                receipt=f"{student}-{numbers[student]}",
                student=add_student(session, student),
                lab=LAB,
                number=numbers[student],
                file_name="x.ipynb",
                suffix=".ipynb",
                size=2,
                sha256="",
                received=time.time(),
            )
            session.add(attempt)
            session.flush()
            job = Job(
                kind=kind.value,
                attempt_id=attempt.id,
                student_id=attempt.student_id,
                created=time.time(),
            )
            session.add(job)
            session.flush()
            return job.id

    return add_job


def finish(database: Database, job: Job) -> None:
    with database.write() as session:
        row = session.get_one(Job, job.id)
        row.state, row.finished = JobState.DONE.value, time.time()


def drain(database: Database, queue: JobQueue) -> list[str]:
    receipts = []
    while job := queue.claim():
        receipts.append(job.attempt.receipt)
        finish(database, job)
    return receipts


def test_everybodys_first_comes_before_anybodys_second(database: Database, add) -> None:
    for student in ("a", "a", "a", "b", "c", "b"):
        add(student)
    receipts = drain(database, JobQueue(database, "w"))
    assert receipts == ["a-1", "b-1", "c-1", "a-2", "b-2", "a-3"]


def test_the_place_in_the_queue_is_the_order_of_claims(database: Database, add) -> None:
    for student in ("a", "a", "b", "c", "c", "a", "d"):
        add(student)
    with database.read() as session:
        jobs = list(session.scalars(select(Job)))
        places = {job.attempt.receipt: count_before(session, job) for job in jobs}
    assert drain(database, JobQueue(database, "w")) == sorted(places, key=lambda one: places[one])
    assert sorted(places.values()) == list(range(7))


def test_a_regrading_waits_for_students_and_a_record_does_not(database: Database, add) -> None:
    add("a", JobKind.REGRADE)
    add("b")
    add("c", JobKind.RECORD)
    assert drain(database, JobQueue(database, "w")) == ["c-1", "b-1", "a-1"]


def test_one_job_of_a_student_runs(database: Database, add) -> None:
    add("a")
    add("a")
    queue = JobQueue(database, "w")
    first = queue.claim()
    assert first and queue.claim() is None
    finish(database, first)
    assert queue.claim()


def test_a_lease_that_has_run_out_is_taken_over(database: Database, add) -> None:
    add("a")
    lost, other = JobQueue(database, "lost"), JobQueue(database, "other")
    job = lost.claim()
    assert job and other.claim() is None
    lost.renew([job.id])
    with database.write() as session:
        session.execute(update(Job).values(lease_until=time.time() - 1))
    again = other.claim()
    assert again and (again.id, again.tries) == (job.id, 2)
    with database.write() as session:
        assert not lost.take_back(session, job)
        assert other.take_back(session, again)


def test_the_jobs_of_a_dead_worker_wait_again_at_once(database: Database, add) -> None:
    add("a")
    assert JobQueue(database, "dead").claim()
    release_jobs(database, "dead")
    assert JobQueue(database, "next").claim()


def test_a_held_lab_waits(database: Database, add) -> None:
    add("a")
    with database.write() as session:
        session.add(Held(lab=LAB, reason="the solution fails"))
    assert JobQueue(database, "w").claim() is None


@pytest.mark.parametrize("costs_try", [False, True])
def test_a_delayed_job_comes_back_later(database: Database, add, costs_try: bool) -> None:
    add("a")
    queue = JobQueue(database, "w")
    job = queue.claim()
    assert job
    queue.delay(job, "the disk is full", costs_try)
    assert queue.claim() is None
    with database.write() as session:
        session.execute(update(Job).values(lease_until=0.0))
    again = queue.claim()
    assert again and again.tries == (2 if costs_try else 1)


def test_workers_at_once_take_each_job_once(database: Database, add) -> None:
    for number in range(60):
        add(f"s{number % 6}")

    running, lock = set(), Lock()

    def work(name: int) -> list[int]:
        queue, taken, idle = JobQueue(database, f"w{name}"), [], 0
        while idle < 20:
            job = queue.claim()
            if job is None:
                idle += 1
                time.sleep(0.01)
                continue
            taken.append(job.id)
            with lock:
                assert job.student_id not in running
                running.add(job.student_id)
            time.sleep(0.003)
            with lock:
                running.remove(job.student_id)
            finish(database, job)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [job for jobs in pool.map(work, range(4)) for job in jobs]
    assert len(taken) == len(set(taken)) == 60
