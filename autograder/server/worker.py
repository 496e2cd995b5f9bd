"""Takes jobs from the queue, grades them with one engine, and records the results."""

from __future__ import annotations

import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.results.results import Result
from autograder.server.database import Database
from autograder.server.finish_job import JobFinisher
from autograder.server.job_queue import LEASE_SECONDS, MOST_TRIES, JobQueue
from autograder.server.open_labs import OpenLabs
from autograder.server.regrade import read_result
from autograder.server.server_log import log
from autograder.server.tables import Held, Job, JobKind

_IDLE_SECONDS = 0.1
_HOLD_SECONDS = 30.0
_GAVE_UP = (
    "the grader stopped several times while it ran this notebook: does it start programs or use "
    "very much memory? Show this to your instructor"
)


class Worker:
    """Grades jobs until it is stopped; use it in a process of its own, in the main thread.

    Args:
        course: The course.
        database: The server's database.
        name: The worker's name, different from all others'.
        number: Jobs graded at the same time.
        isolation: "auto", "bwrap" or "none".
    """

    def __init__(
        self, course: Course, database: Database, name: str, number: int, isolation: str
    ) -> None:
        self._database, self._number = database, number
        self._queue = JobQueue(database, name)
        self._labs = OpenLabs(course.root, isolation, number)
        self._finisher = JobFinisher(database, self._queue)
        self._running: dict[Future[Result], Job] = {}
        self._graded: list[tuple[Future[Result], Job]] = []
        self._held_until: float | None = 0.0  # also those that an earlier worker held

    def run(self, stop: threading.Event) -> None:
        """Grade until `stop` is set, or the process ends."""
        renewal = threading.Thread(target=self._renew_leases, args=(stop,), daemon=True)
        renewal.start()
        pool = ThreadPoolExecutor(self._number)
        try:
            self._labs.warm_up()
            while not stop.is_set():
                try:
                    self._step(pool, stop)
                except SQLAlchemyError:
                    log.exception("the server's database cannot be used; the worker tries again")
                    stop.wait(_IDLE_SECONDS * 10)
        finally:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            self._labs.close()

    def _step(self, pool: ThreadPoolExecutor, stop: threading.Event) -> None:
        """Start what can be started, and finish one job that is graded."""
        self._release_held_labs()
        # First the next ones: they are graded while a page is written for the last one.
        while len(self._running) < self._number and (job := self._queue.claim()):
            self._start(pool, job)
        if self._graded:
            future, job = self._graded[0]
            try:
                self._finish(job, future)
            finally:
                del self._graded[0]
        elif not self._running:
            stop.wait(_IDLE_SECONDS)
            return
        done, _ = wait(self._running, 0 if self._graded else _IDLE_SECONDS, FIRST_COMPLETED)
        self._graded += [(future, self._running.pop(future)) for future in done]

    def _start(self, pool: ThreadPoolExecutor, job: Job) -> None:
        try:
            grading, engine = self._labs.open(job.attempt.lab)
        except AutograderError as error:
            self._hold(job, error)
            return
        if job.tries > MOST_TRIES:
            future: Future[Result] = Future()
            future.set_result(grading.make_failed_result(job.attempt, _GAVE_UP))
        elif job.kind == JobKind.RECORD:
            future = Future()
            try:
                future.set_result(read_result(self._labs.course, job))
            except (OSError, ValueError, KeyError) as error:
                future.set_exception(error)
        else:
            future = pool.submit(grading.grade, engine, job.attempt)
        self._running[future] = job

    def _finish(self, job: Job, future: Future[Result]) -> None:
        """Record a job's result; a failure of the grader lets the job wait and be tried again."""
        try:
            grading, _ = self._labs.open(job.attempt.lab)
            self._finisher.finish(self._labs.course, grading, job, future.result())
        except (AutograderError, OSError) as error:
            log.error("attempt %s waits: %s", job.attempt.receipt, error)
            # The disk may be full, or another run may grade the lab: that costs no try.
            self._queue.delay(job, str(error), costs_try=future.exception() is not None)
        except SQLAlchemyError:
            raise
        except Exception as error:  # of any kind: it costs this job and no other
            log.exception("attempt %s could not be recorded", job.attempt.receipt)
            self._queue.delay(job, f"{type(error).__name__}: {error}", costs_try=True)

    def _hold(self, job: Job, error: AutograderError) -> None:
        """Let all jobs of a lab wait, because it cannot be graded now."""
        reason = "; ".join(filter(None, (str(error), error.hint)))
        log.error("%s is not graded now: %s", job.attempt.lab, reason)
        self._queue.return_job(job)
        with self._database.write() as session:
            session.merge(Held(lab=job.attempt.lab, reason=reason))
        self._held_until = time.monotonic() + _HOLD_SECONDS

    def _release_held_labs(self) -> None:
        """Try held labs again, now and then: somebody may have repaired them."""
        if self._held_until is not None and time.monotonic() > self._held_until:
            self._held_until = None
            with self._database.write() as session:
                session.execute(delete(Held))

    def _renew_leases(self, stop: threading.Event) -> None:
        while not stop.wait(LEASE_SECONDS / 4):
            try:
                jobs = [*self._running.values(), *(job for _, job in self._graded)]
                self._queue.renew([job.id for job in jobs])
            except SQLAlchemyError:
                log.exception("the leases could not be renewed")
