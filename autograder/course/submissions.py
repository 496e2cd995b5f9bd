"""What students submitted: `submitted/STUDENT/LAB/`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files

from autograder.course.course import Course, Lab
from autograder.errors import AutograderError
from autograder.files import LONGEST_NAME, replace_surrogates

TIMESTAMP = PurePosixPath("timestamp.txt")  # nbgrader's file for the time of submission
# Above what a class submits: grading keeps a submission's files in memory.
_MOST_FILES = 5_000
_MOST_BYTES = 500 * 2**20


@dataclass(frozen=True)
class Submission:
    """One student's folder for one lab."""

    student: str
    lab: str
    folder: Path

    def check_name(self) -> None:
        """Check that the gradebook and the disk can store the student's id.

        Raises:
            AutograderError: The id is not valid UTF-8, or it is too long.
        """
        if replace_surrogates(self.student) != self.student:
            raise AutograderError("the folder name is not valid UTF-8: rename it and grade again")
        if len(self.student.encode()) > LONGEST_NAME:
            raise AutograderError("the folder name is too long: rename it and grade again")

    def check_files(self) -> None:
        """Check that the submission is a folder of its own, and that its files can be read.

        Raises:
            AutograderError: It is a link, or it has too many files or too much in them.
            OSError: A file or a folder cannot be read.
        """
        if self._is_link:
            raise AutograderError(
                f"the folder {self.student}/{self.lab} is a link: put the files themselves there"
            )
        sizes = [(self.folder / path).stat().st_size for path in self.files()]
        if len(sizes) > _MOST_FILES:
            raise AutograderError(
                f"the submission has {len(sizes):,} files; the maximum is {_MOST_FILES:,}"
            )
        if sum(sizes) > _MOST_BYTES:
            raise AutograderError(
                f"the submission has {sum(sizes) / 2**20:,.0f} MB of files; the maximum is "
                f"{_MOST_BYTES // 2**20} MB"
            )

    @property
    def _is_link(self) -> bool:
        """Whether the lab's folder or the student's leads to files of somewhere else."""
        return self.folder.is_symlink() or self.folder.parent.is_symlink()

    def timestamp(self) -> str:
        """Return the time of submission in nbgrader's `timestamp.txt`; empty without one."""
        path = self.folder / TIMESTAMP
        if self._is_link or path.is_symlink() or not os.path.isfile(path):
            return ""
        try:
            with path.open(encoding="utf-8") as file:
                return file.read(100).strip()
        except (OSError, ValueError):
            return ""

    def files(self) -> list[Path]:
        """Return every submitted file, relative to the folder, in a fixed order.

        Links are left out: a link may point to another student's files or to the solution.
        """
        if self._is_link:
            return []
        found = (
            path.relative_to(self.folder)
            for path in self.folder.rglob("*")
            if os.path.isfile(path) and path.resolve().is_relative_to(self.folder.resolve())
        )
        return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)

    def read_companions(self) -> dict[str, bytes]:
        """Return the content of every submitted file except notebooks, by relative path.

        Raises:
            OSError: A file or a folder cannot be read.
        """
        for _ in os.walk(self.folder, onerror=_raise):
            pass  # `files` skips a folder that cannot be read
        return {
            str(path): (self.folder / path).read_bytes()
            for path in self.files()
            if path.suffix != ".ipynb"
        }

    def fingerprint(self, *also: str) -> str:
        """Return a digest of all submitted files and of everything else that decides the score.

        The time of submission does not decide it, and may be recorded later.
        """
        digest = hashlib.sha256("\0".join(also).encode())
        for path in self.files():
            if path == Path(TIMESTAMP):
                continue
            content = _read(self.folder / path)
            digest.update(f"{path}\0{len(content)}\0".encode(errors="surrogateescape"))
            digest.update(content)
        return digest.hexdigest()


def _raise(error: OSError) -> None:
    raise error


def _read(path: Path) -> bytes:
    """Return a file's content, or the reason if it cannot be read: grading reports it, too."""
    try:
        return path.read_bytes()
    except OSError as error:
        return str(error).encode(errors="surrogateescape")


def read_companions(course: Course, lab: Lab) -> dict[str, bytes]:
    """Return the content of the instructor's files in a lab's folder except notebooks.

    The files in `CourseDirectory.ignore`, the lab's source and its other answers are left out.
    """
    folder = course.source_dir / lab.name
    ignored = [*CourseDirectory(config=course.nbgrader_config).ignore, "*.ipynb"]
    ignored += [f"{lab.name}.py", "right_answers.toml", "wrong_answers.toml"]
    paths = (Path(path) for path in find_all_files(str(folder), ignored))
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def find_submissions(course: Course, lab: Lab) -> list[Submission]:
    """Return the submissions of a lab, sorted by student.

    Raises:
        AutograderError: There is no submission.
    """
    found = [
        Submission(folder.parent.name, lab.name, folder)
        for folder in sorted(course.submitted_dir.glob(f"*/{lab.name}"))
        if os.path.isdir(folder)
    ]
    if not found:
        raise AutograderError(
            f"there are no submissions in {course.submitted_dir / '*' / lab.name}",
            f"put each notebook at submitted/STUDENT/{lab.name}/{lab.notebook}",
        )
    return found


def find_misplaced_submissions(course: Course, lab: Lab) -> Iterator[str]:
    """Yield a sentence for each student whose work is outside the lab's folder."""
    others = {folder.name.casefold() for folder in course.source_dir.glob("*")}
    for student in sorted(course.submitted_dir.glob("[!.]*/")):
        if not os.path.isdir(student) or os.path.isdir(student / lab.name):
            continue
        where = f"{course.submitted_dir.name}/{replace_surrogates(student.name)}"
        try:
            names = sorted(os.listdir(student))
        except OSError:
            yield f"{where} cannot be read: check its permissions"
            continue
        for name in names:
            if _looks_like(name, lab.name.casefold(), others):
                yield (
                    f"{where}/{replace_surrogates(name)} is not graded: "
                    f"move the notebook to {where}/{lab.name}/"
                )


def _looks_like(name: str, lab: str, others: set[str]) -> bool:
    stem = name.casefold().removesuffix(".ipynb")
    if stem == lab:
        return True
    alike = lab.startswith(stem) or SequenceMatcher(None, stem, lab).ratio() > 0.7
    return stem not in others and (alike or name.endswith(".ipynb"))
