"""What students handed in: one folder a student in `submitted/`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files

from autograder.course import Course, Lab
from autograder.errors import AutograderError


@dataclass(frozen=True)
class Submission:
    """One student's folder for one lab."""

    student: str
    lab: str
    folder: Path

    def files(self) -> list[Path]:
        """Every file handed in, relative to the folder, in a fixed order.

        Links are left out: one may point at another's work or at the solution.
        """
        found = (
            path.relative_to(self.folder)
            for path in self.folder.rglob("*")
            if path.is_file() and path.resolve().is_relative_to(self.folder.resolve())
        )
        return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)

    def companions(self) -> dict[str, bytes]:
        """The content of every file handed in beside the notebooks, by its relative path."""
        return {
            str(path): (self.folder / path).read_bytes()
            for path in self.files()
            if path.suffix != ".ipynb"
        }

    def fingerprint(self, *also: str) -> str:
        """A digest of all files handed in and of whatever else decides the score."""
        digest = hashlib.sha256("\0".join(also).encode())
        for path in self.files():
            content = _content(self.folder / path)
            digest.update(f"{path}\0{len(content)}\0".encode(errors="surrogateescape"))
            digest.update(content)
        return digest.hexdigest()


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
        if folder.is_dir()
    ]
    if not found:
        raise AutograderError(
            f"no submissions in {course.submitted_dir / '*' / lab.name}",
            f"put each notebook at submitted/STUDENT/{lab.name}/{lab.notebook}",
        )
    return found
