"""The content of submitted files: unpacked, checked, and put together as one submission."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import PurePosixPath

from autograder.collect.folder_name import make_folder_name
from autograder.collect.unpack import MOST_UNPACKED, is_zip, unpack
from autograder.course.course import Course, Lab
from autograder.course.source_notebooks import list_questions
from autograder.course.submissions import TIMESTAMP
from autograder.errors import AutograderError
from autograder.lms.submitted_file import SubmittedFile, split_copy_number

_LONGEST_READ = 20 * 2**20  # bytes of a notebook that is searched for questions of another lab
_LONGEST_PATH = 500  # bytes; with the course's folder before it, any system accepts it

Files = dict[PurePosixPath, bytes]
"""The files of a submission: the content by path."""


class SubmissionReader:
    """Reads submitted files of one lab.

    Args:
        course: the course.
        lab: the lab.
    """

    def __init__(self, course: Course, lab: Lab) -> None:
        self._lab = lab
        self._questions = {
            other.name: {id for ids in list_questions(course, other).values() for id in ids}
            for other in course.labs()
        }
        self.notebooks = {f"{name}.ipynb" for name in list_questions(course, lab)} or {lab.notebook}

    def read(self, file: SubmittedFile) -> Files:
        """Read a submitted file; a zip file is unpacked.

        Raises:
            AutograderError: it can't be read, or has a notebook of another lab.
        """
        content = file.downloaded.read()
        path = PurePosixPath(*map(make_folder_name, file.path.parts))
        files = {path: content}
        if is_zip(path, content):
            files = {path.parent / inside: data for inside, data in unpack(content).items()}
        for name, data in files.items():
            other = self._other_lab(data) if has_suffix(name, ".ipynb") else ""
            if other:
                raise AutograderError(f"{name.name} is lab {other}, not {self._lab.name}")
        files = {PurePosixPath(*map(make_folder_name, p.parts)): d for p, d in files.items()}
        check_paths(files)
        return files

    def merge(self, contents: Iterable[Files]) -> Files:
        """Put several files' contents together, without the numbers of second copies."""
        merged: Files = {}
        for files in contents:
            for path, data in files.items():
                name = path.with_name(split_copy_number(path.name, self.notebooks)[0])
                merged[path if name in merged else name] = data
        return merged

    def find_doubts(self, files: Files) -> list[str]:
        """What a person should know about a submission that is taken all the same."""
        notebooks = [path for path in files if has_suffix(path, ".ipynb")]
        doubts = []
        if not notebooks:
            names = ", ".join(sorted(path.name for path in files)) or "nothing"
            doubts.append(f"no notebook in it, but {names[:120]}")
        doubts += [f"{path.name} is empty" for path in notebooks if not files[path].strip()]
        if len(notebooks) > len({PurePosixPath(name).stem for name in self.notebooks}):
            doubts.append(f"{len(notebooks)} notebooks: the one named like the lab counts")
        return doubts

    def _other_lab(self, content: bytes) -> str:
        """The lab whose questions a notebook has, when it is clearly another one."""
        ids = _grade_ids(content)
        if not ids or ids & self._questions.get(self._lab.name, set()):
            return ""
        likely = max(self._questions, key=lambda lab: len(ids & self._questions[lab]))
        return likely if ids & self._questions[likely] else ""


def check_paths(files: Files) -> None:
    """Check that files can be written as one submission.

    Raises:
        AutograderError: they are too large together, or their names don't fit on a disk.
    """
    if sum(map(len, files.values())) > MOST_UNPACKED:
        raise AutograderError(f"more than {MOST_UNPACKED // 2**20} MB in all")
    for path in files:
        if len(str(path).encode()) > _LONGEST_PATH:
            raise AutograderError(f"a name in it is too long: {str(path)[:100]}…")
        if both := next((folder for folder in path.parents if folder in files), None):
            raise AutograderError(f"{both} is a file and a folder in it")


def drop_timestamp(files: Files) -> list[str]:
    """Leave out a student's own statement of when it was submitted; returns what to remark."""
    own = [path for path in files if path.parts[0].casefold() == str(TIMESTAMP)]
    for path in own:
        del files[path]
    return [f"{path}, the student's own, was left out: the LMS or you say when" for path in own]


def has_suffix(path: PurePosixPath, suffix: str) -> bool:
    """Whether a file has a suffix, in lower or upper case."""
    return path.suffix.lower() == suffix


def _grade_ids(content: bytes) -> set[str]:
    """The questions of a notebook; none when it can't be read, which grading reports."""
    if len(content) > _LONGEST_READ:
        return set()
    try:
        cells = json.loads(content.decode("utf-8-sig"))["cells"]
        marks = [cell["metadata"]["nbgrader"] for cell in cells if "nbgrader" in cell["metadata"]]
        return {mark["grade_id"] for mark in marks if mark.get("grade")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return set()
