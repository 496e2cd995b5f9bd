"""What students handed in: one folder a student in `submitted/`."""

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
from autograder.files import LONGEST_NAME, writable

TIMESTAMP = PurePosixPath("timestamp.txt")  # nbgrader's: when it was handed in


@dataclass(frozen=True)
class Submission:
    """One student's folder for one lab."""

    student: str
    lab: str
    folder: Path

    def check_name(self) -> None:
        """Refuse an id that neither the gradebook nor the disk takes.

        Raises:
            AutograderError: it is no UTF-8, or too long.
        """
        if writable(self.student) != self.student:
            raise AutograderError("the folder's name is no UTF-8: rename it, and grade again")
        if len(self.student.encode()) > LONGEST_NAME:
            raise AutograderError("the folder's name is too long: rename it, and grade again")

    def timestamp(self) -> str:
        """What nbgrader's `timestamp.txt` says of when it was handed in; "" where it is silent."""
        try:
            with (self.folder / TIMESTAMP).open(encoding="utf-8") as file:
                return file.read(100).strip()
        except (OSError, ValueError):
            return ""

    def files(self) -> list[Path]:
        """Every file handed in, relative to the folder, in a fixed order.

        Links are left out: one may point at another's work or at the solution.
        """
        found = (
            path.relative_to(self.folder)
            for path in self.folder.rglob("*")
            if os.path.isfile(path) and path.resolve().is_relative_to(self.folder.resolve())
        )
        return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)

    def companions(self) -> dict[str, bytes]:
        """The content of every file handed in beside the notebooks, by its relative path.

        Raises:
            OSError: a file or a folder can't be read.
        """
        for _ in os.walk(self.folder, onerror=_raise):
            pass  # `files` passes over a folder that can't be read
        return {
            str(path): (self.folder / path).read_bytes()
            for path in self.files()
            if path.suffix != ".ipynb"
        }

    def fingerprint(self, *also: str) -> str:
        """A digest of all files handed in and of whatever else decides the score.

        When it was handed in does not: that may be written down later.
        """
        digest = hashlib.sha256("\0".join(also).encode())
        for path in self.files():
            if path == Path(TIMESTAMP):
                continue
            content = _content(self.folder / path)
            digest.update(f"{path}\0{len(content)}\0".encode(errors="surrogateescape"))
            digest.update(content)
        return digest.hexdigest()


def _raise(error: OSError) -> None:
    raise error


def _content(path: Path) -> bytes:
    """A file's content; of one that can't be read, why: grading it says so again."""
    try:
        return path.read_bytes()
    except OSError as error:
        return str(error).encode(errors="surrogateescape")


def companions(course: Course, lab: Lab) -> dict[str, bytes]:
    """The content of the files that the instructor gives beside the lab's notebooks.

    What `CourseDirectory.ignore` names stays behind, and so do the lab's source and its wrong
    answers, whatever the settings say.
    """
    folder = course.source_dir / lab.name
    ignored = [*CourseDirectory(config=course.nbgrader_config).ignore, "*.ipynb"]
    ignored += [f"{lab.name}.py", "wrong_answers.toml"]
    paths = (Path(path) for path in find_all_files(str(folder), ignored))
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def submissions(course: Course, lab: Lab) -> list[Submission]:
    """The lab's submissions, by student.

    Raises:
        AutograderError: nobody has handed in anything.
    """
    found = [
        Submission(folder.parent.name, lab.name, folder)
        for folder in sorted(course.submitted_dir.glob(f"*/{lab.name}"))
        if os.path.isdir(folder)
    ]
    if not found:
        raise AutograderError(
            f"no submissions in {course.submitted_dir / '*' / lab.name}",
            f"put each notebook at submitted/STUDENT/{lab.name}/{lab.notebook}",
        )
    return found


def misplaced_submissions(course: Course, lab: Lab) -> Iterator[str]:
    """A sentence for each student without the lab's folder who has something that looks like it."""
    others = {folder.name.casefold() for folder in course.source_dir.glob("*")}
    for student in sorted(course.submitted_dir.glob("[!.]*/")):
        if not os.path.isdir(student) or os.path.isdir(student / lab.name):
            continue
        where = f"{course.submitted_dir.name}/{writable(student.name)}"
        try:
            names = sorted(os.listdir(student))
        except OSError:
            yield f"{where} can't be read: check its permissions"
            continue
        for name in names:
            if _looks_like(name, lab.name.casefold(), others):
                yield (
                    f"{where}/{writable(name)} is not graded: "
                    f"the notebook has to lie in {where}/{lab.name}/"
                )


def _looks_like(name: str, lab: str, others: set[str]) -> bool:
    stem = name.casefold().removesuffix(".ipynb")
    if stem == lab:
        return True
    alike = lab.startswith(stem) or SequenceMatcher(None, stem, lab).ratio() > 0.7
    return stem not in others and (alike or name.endswith(".ipynb"))
