"""Sends the marks of the outbox to the LMSs, in a thread of the web server."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timezone

import requests
from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.exception import LtiException, LtiServiceException
from pylti1p3.grade import Grade
from pylti1p3.service_connector import ServiceConnector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from autograder.course.sign_in_settings import LtiPlatform
from autograder.errors import AutograderError
from autograder.server.lti.grade_outbox import (
    claim,
    fail,
    fill_outbox,
    find_pause_after,
    finish,
    list_due,
    postpone,
)
from autograder.server.lti.launch import SCORE_SCOPE
from autograder.server.lti.platforms import Platforms
from autograder.server.outgoing import OutgoingSession
from autograder.server.server_log import log
from autograder.server.site import Site
from autograder.server.tables import Job, LmsGrade

_STEP_SECONDS = 1.0
_FILL_SECONDS = 60.0  # marks by hand and dates change without a job
_LONGEST_REST = 300.0
_STATUS_CONFLICT = 409


class GradeSender:
    """Keeps the LMSs' gradebooks as the course's final marks are.

    Args:
        site: The server's parts.
        find_pause: How long to wait after a number of tries, in seconds.
    """

    def __init__(self, site: Site, find_pause: Callable[[int], float] = find_pause_after) -> None:
        self._site, self._find_pause = site, find_pause
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._filled, self._last_job = float("-inf"), 0.0
        self._failures: dict[str, tuple[int, float]] = {}

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End it; what is not sent is sent by the next server."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.wait(_STEP_SECONDS):
            try:
                self.step()
            except (AutograderError, SQLAlchemyError, OSError) as error:
                log.error("marks for the LMS wait: %s", error)
                self._stop.wait(10 * _STEP_SECONDS)
            except Exception:  # of any kind: marks must not stop for the rest of the term
                log.exception("marks for the LMS wait")
                self._stop.wait(10 * _STEP_SECONDS)

    def step(self) -> None:
        """Look for new final marks, and send what is due."""
        if not self._site.course.lti_platforms:
            return
        if self._is_time_to_fill():
            fill_outbox(self._site.course, self._site.database, self._site.marks)
        by_platform: dict[str, list[LmsGrade]] = defaultdict(list)
        for row in list_due(self._site.database):
            by_platform[row.line_item.course.platform].append(row)
        platforms = {one.key: one for one in self._site.course.lti_platforms}
        for key, rows in by_platform.items():
            if key in platforms and time.monotonic() >= self._failures.get(key, (0, 0.0))[1]:
                self._note_state(platforms[key], self._send_rows(platforms[key], rows))

    def _is_time_to_fill(self) -> bool:
        with self._site.database.read() as session:
            last = session.scalar(select(func.max(Job.finished))) or 0.0
        is_time = last != self._last_job or time.monotonic() - self._filled > _FILL_SECONDS
        if is_time:
            self._last_job, self._filled = last, time.monotonic()
        return is_time

    def _send_rows(self, platform: LtiPlatform, rows: list[LmsGrade]) -> bool:
        """Send rows until the LMS does not work; returns whether it does."""
        # A new connector has a new access token, which is valid for the rows of one step.
        registration = Platforms(self._site.course).register(platform)
        connector = ServiceConnector(registration, OutgoingSession())
        for row in rows:
            if self._stop.is_set():
                break
            taken = claim(self._site.database, row)
            if taken is not None and not self._send(connector, platform, taken):
                return False
        return True

    def _send(self, connector: ServiceConnector, platform: LtiPlatform, row: LmsGrade) -> bool:
        """Send one mark; returns False if the LMS does not work, for the others' sake."""
        database = self._site.database
        try:
            service = AssignmentsGradesService(
                connector, {"lineitem": row.line_item.url, "scope": [SCORE_SCOPE]}
            )
            service.put_grade(make_grade(row))
        except LtiServiceException as error:
            status = error.response.status_code
            if status == _STATUS_CONFLICT:
                self._end_conflict(row)
                return True
            # The student may have left the course: that costs nobody else.
            works = error.response.url.startswith(row.line_item.url.partition("?")[0]) and (
                400 <= status < 500 and status not in (401, 429)
            )
            problem = f"the LMS answered {status}"
        except (requests.RequestException, LtiException, ValueError, KeyError, TypeError) as error:
            works, problem = False, f"the LMS did not answer as it should: {type(error).__name__}"
        else:
            finish(database, row)
            return True
        log.warning("a mark for [lti.%s] waits: %s", platform.name, problem)
        postpone(database, row, problem, self._find_pause)
        return works

    def _end_conflict(self, row: LmsGrade) -> None:
        """The LMS has a score that is not older: this one, if its answer was lost before."""
        if row.tries > 1:
            finish(self._site.database, row)
        else:
            fail(self._site.database, row, "the LMS has a later mark")

    def _note_state(self, platform: LtiPlatform, works: bool) -> None:
        """Leave an LMS that does not work alone, for longer each time."""
        failures = 0 if works else self._failures.get(platform.key, (0, 0.0))[0] + 1
        pause = self._find_pause(failures) if failures else 0.0
        self._failures[platform.key] = failures, time.monotonic() + min(pause, _LONGEST_REST)


def make_grade(row: LmsGrade) -> Grade:
    """A mark as the LMS wants it."""
    stamp = datetime.fromtimestamp(row.stamp / 1000, timezone.utc)
    return (
        Grade()
        .set_score_given(row.score)
        .set_score_maximum(row.max_score)
        .set_timestamp(stamp.isoformat(timespec="milliseconds"))
        .set_activity_progress("Completed")
        .set_grading_progress("FullyGraded")
        .set_user_id(row.user.subject)
    )
