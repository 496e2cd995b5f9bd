"""A student's files of one lab on the disk: what counts, and the tries that are kept."""

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
    """submitted/STUDENT/LAB/ and collected/LAB/STUDENT/, of which nothing is ever overwritten.

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

    def submitted(self) -> dict[PurePosixPath, bytes]:
        """What counts now, by path; nothing where nothing was handed in."""
        return _files_of(self._submitted)

    def is_kept(self, files: dict[PurePosixPath, bytes]) -> bool:
        """Whether these files are kept as one try, whenever it was handed in."""
        wanted = _without_time(files)
        return any(_without_time(_files_of(old)) == wanted for old in self._kept.glob("*"))

    def keep(self, files: dict[PurePosixPath, bytes], name: str) -> None:
        """Keep an earlier try, under this name where it is free."""
        if self.is_kept(files):
            return
        target = self._kept / name
        if target.exists():
            target = self._free()
        with _told(target):
            _write(target, files)

    def submit(self, files: dict[PurePosixPath, bytes]) -> None:
        """Let these files count, and keep those that did."""
        with _told(self._submitted):
            self._collected.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._collected, prefix=".new-") as made:
                new = Path(made) / "submission"
                new.mkdir()
                _write(new, files)
                self._submitted.parent.mkdir(parents=True, exist_ok=True)
                if self._submitted.is_dir():
                    self._kept.mkdir(parents=True, exist_ok=True)
                    os.replace(self._submitted, self._free())
                os.replace(new, self._submitted)

    def _free(self) -> Path:
        number = 1
        while (self._kept / str(number)).exists():
            number += 1
        return self._kept / str(number)


def _files_of(target: Path) -> dict[PurePosixPath, bytes]:
    return {
        PurePosixPath(path.relative_to(target).as_posix()): path.read_bytes()
        for path in target.rglob("*")
        if path.is_file()
    }


def _without_time(files: dict[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    return {path: data for path, data in files.items() if path != TIMESTAMP}


def _write(folder: Path, files: dict[PurePosixPath, bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


@contextlib.contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AutograderError(
            f"can't write {target}: {error.strerror}",
            "make room or check its permissions; the same command goes on from there",
        ) from error
