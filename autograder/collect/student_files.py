"""A student's files of one lab on the disk: the submission, and earlier attempts."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from autograder.course.course import Course, Lab
from autograder.course.submissions import TIMESTAMP
from autograder.errors import AutograderError


class StudentFiles:
    """submitted/STUDENT/LAB/ and collected/LAB/STUDENT/; nothing in them is ever overwritten.

    Args:
        course: the course.
        lab: the lab.
        student: the student's folder.

    Raises:
        AutograderError: (when it writes) the disk is full or a folder can't be written.
    """

    def __init__(self, course: Course, lab: Lab, student: str) -> None:
        self._collected = course.collected_dir
        self._kept = self._collected / lab.name / student
        self._submitted = course.submitted_dir / student / lab.name

    def read_submission(self) -> dict[PurePosixPath, bytes]:
        """Read the submission that counts now, by path; empty when there is none."""
        return _read_files(self._submitted)

    def is_kept(self, files: dict[PurePosixPath, bytes]) -> bool:
        """Whether these files are kept as one attempt, whenever it was submitted."""
        wanted = _without_time(files)
        return any(_without_time(_read_files(old)) == wanted for old in self._kept.glob("*"))

    def keep(self, files: dict[PurePosixPath, bytes], name: str) -> None:
        """Keep an earlier attempt, under this name where it is free."""
        if self.is_kept(files):
            return
        target = self._kept / name
        if target.exists():
            target = self._next_free()
        with _explain_disk_errors(target):
            _write_files(target, files)

    def submit(self, files: dict[PurePosixPath, bytes]) -> None:
        """Make these files the submission, and keep those that were."""
        with _explain_disk_errors(self._submitted):
            self._collected.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._collected, prefix=".new-") as made:
                new = Path(made) / "submission"
                new.mkdir()
                _write_files(new, files)
                self._submitted.parent.mkdir(parents=True, exist_ok=True)
                if self._submitted.is_dir():
                    self._kept.mkdir(parents=True, exist_ok=True)
                    os.replace(self._submitted, self._next_free())
                os.replace(new, self._submitted)

    def _next_free(self) -> Path:
        number = 1
        while (self._kept / str(number)).exists():
            number += 1
        return self._kept / str(number)


def _read_files(folder: Path) -> dict[PurePosixPath, bytes]:
    return {
        PurePosixPath(path.relative_to(folder).as_posix()): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _without_time(files: dict[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    return {path: data for path, data in files.items() if path != TIMESTAMP}


def _write_files(folder: Path, files: dict[PurePosixPath, bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


@contextlib.contextmanager
def _explain_disk_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AutograderError(
            f"can't write {target}: {error.strerror}",
            "free some space or check its permissions, and run the same command again",
        ) from error
