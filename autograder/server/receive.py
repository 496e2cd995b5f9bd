"""Takes a submitted file: on the disk, and in the database, before the student is answered."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autograder.course.course import Course, Lab
from autograder.errors import DISK_ERRORS
from autograder.files import make_printable
from autograder.server.database import Database
from autograder.server.links import add_student
from autograder.server.refused import RefusedError
from autograder.server.tables import Attempt, Job, JobKind, JobState, Student

MOST_WAITING = 3
_INCOMING = ".incoming-"
_LONGEST_NAME = 150
_STALE_SECONDS = 3600


@dataclass(frozen=True)
class IncomingFile:
    """A file that was received and belongs to nobody yet.

    Args:
        path: Where it is.
        size: Its bytes.
        sha256: Their digest.
        suffix: ".zip" or ".ipynb", by its content.
    """

    path: Path
    size: int
    sha256: str
    suffix: str


@dataclass(frozen=True)
class Receipt:
    """What a student gets for a file.

    Args:
        attempt: The attempt.
        is_repeated: Whether the same file had arrived before; it does not count twice.
    """

    attempt: Attempt
    is_repeated: bool


def attempt_path(course: Course, attempt: Attempt) -> Path:
    """Where the file of an attempt is: its name is the receipt, not the student's."""
    return course.received_dir / attempt.lab / f"{attempt.receipt}{attempt.suffix}"


async def receive_file(course: Course, lab: Lab, chunks: AsyncIterator[bytes]) -> IncomingFile:
    """Write a file to the disk as it arrives.

    Raises:
        RefusedError: It is empty or too large, or the disk is full.
    """
    folder = course.received_dir / lab.name
    path = folder / f"{_INCOMING}{secrets.token_hex(16)}"
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > lab.server.most_bytes:
                    raise too_large(lab)
                head = (head + chunk)[:4] if len(head) < 4 else head
                digest.update(chunk)
                file.write(chunk)
            if not size:
                raise RefusedError(400, "The file is empty.", "Save the notebook; submit it again.")
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in DISK_ERRORS:
            raise RefusedError(
                507, "The server's disk is full; nothing was stored.", "Tell your instructor."
            ) from error
        raise
    suffix = ".zip" if head in (b"PK\x03\x04", b"PK\x05\x06") else ".ipynb"
    return IncomingFile(path, size, digest.hexdigest(), suffix)


def too_large(lab: Lab) -> RefusedError:
    """The error for a file above the limit."""
    return RefusedError(
        413,
        f"The file is larger than {lab.server.size_mb:g} MB; nothing was stored.",
        "Clear the outputs of large images or tables, save the notebook, and submit it again.",
    )


def add_attempt(
    course: Course, database: Database, lab: Lab, person: str, name: str, file: IncomingFile
) -> Receipt:
    """Make a received file an attempt of a student, and queue it.

    Args:
        course: The course.
        database: The server's database.
        lab: The lab.
        person: The student's id.
        name: The file's name as the student has it; it is shown and never used as a path.
        file: The file; it is moved or deleted.

    Raises:
        RefusedError: The student has no attempt left, or has to wait.
    """
    receipt = secrets.token_hex(16)
    kept = course.received_dir / lab.name / f"{receipt}{file.suffix}"
    os.replace(file.path, kept)
    _sync_folder(kept.parent)
    try:
        with database.write() as session:
            # Locked: two attempts at the same moment come one after the other.
            student = add_student(session, person)
            latest = _find_latest(session, student, lab)
            if latest and latest.sha256 == file.sha256 and not _has_failed(session, latest):
                kept.unlink()
                return Receipt(latest, is_repeated=True)
            _check_limits(session, student, lab, latest)
            attempt = Attempt(
                receipt=receipt,
                student=student,
                lab=lab.name,
                number=latest.number + 1 if latest else 1,
                file_name=make_printable(name)[:_LONGEST_NAME],
                suffix=file.suffix,
                size=file.size,
                sha256=file.sha256,
                received=time.time(),
            )
            session.add(attempt)
            session.flush()
            session.add(_make_job(attempt))
        return Receipt(attempt, is_repeated=False)
    except RefusedError:  # after another error, the row may be in the database nevertheless
        kept.unlink(missing_ok=True)
        raise


def check_limits(database: Database, lab: Lab, person: str) -> None:
    """Check that a student may submit now, before the file is read.

    Raises:
        RefusedError: The student has no attempt left, or has to wait.
    """
    with database.read() as session:
        student = session.scalar(select(Student).where(Student.person == person))
        if student is not None:
            latest = _find_latest(session, student, lab)
            # The same file may come again: its answer may have been lost.
            if latest is None or time.time() - latest.received > 60:
                _check_limits(session, student, lab, latest)


def delete_stale_files(course: Course) -> None:
    """Delete what the server received in part before it was killed."""
    for path in course.received_dir.glob(f"*/{_INCOMING}*"):
        if time.time() - path.stat().st_mtime > _STALE_SECONDS:
            path.unlink(missing_ok=True)


def _make_job(attempt: Attempt) -> Job:
    return Job(
        kind=JobKind.GRADE.value,
        attempt_id=attempt.id,
        student_id=attempt.student_id,
        created=attempt.received,
    )


def _find_latest(session: Session, student: Student, lab: Lab) -> Attempt | None:
    own = select(Attempt).where(Attempt.student_id == student.id, Attempt.lab == lab.name)
    latest: Attempt | None = session.scalar(own.order_by(Attempt.number.desc()).limit(1))
    return latest


def _has_failed(session: Session, attempt: Attempt) -> bool:
    states = session.scalars(select(Job.state).where(Job.attempt_id == attempt.id))
    return JobState.FAILED.value in set(states)


def _check_limits(session: Session, student: Student, lab: Lab, latest: Attempt | None) -> None:
    waiting = session.scalar(
        select(func.count())
        .select_from(Job)
        .where(
            Job.student_id == student.id,
            Job.kind == JobKind.GRADE.value,
            Job.state == JobState.WAITING.value,
        )
    )
    if waiting and waiting >= MOST_WAITING:
        raise RefusedError(
            429,
            f"{waiting} of your files already wait for grading.",
            "Submit again when one of them is graded.",
            30,
        )
    if latest is None:
        return
    if lab.server.attempts and latest.number >= lab.server.attempts:
        raise RefusedError(
            403,
            f"You have used all {lab.server.attempts} attempts at this lab.",
            "Ask your instructor if another one is possible.",
        )
    # A clock that was set back must not make anybody wait for it.
    passed = time.time() - latest.received
    left = 60 * lab.server.pause_minutes - passed if passed >= 0 else 0.0
    if left > 0:
        raise RefusedError(
            429, f"The next attempt is possible in {_describe_time(left)}.", "", left
        )


def _describe_time(seconds: float) -> str:
    number, unit = (seconds, "second") if seconds < 90 else (seconds / 60, "minute")
    rounded = max(1, round(number))
    return f"{rounded} {unit}" + ("s" if rounded != 1 else "")


def _sync_folder(folder: Path) -> None:
    """Have the folder's entries on the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
