"""The content of submitted files: unpacked, checked, and put together as one submission."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from autograder.collect.folder_name import make_folder_name
from autograder.collect.unpack import MOST_UNPACKED, is_zip, unpack
from autograder.course.course import Course, Lab
from autograder.course.source_notebooks import list_questions, read_lab_ids
from autograder.course.submissions import TIMESTAMP
from autograder.errors import AutograderError
from autograder.lms.submitted_file import SubmittedFile, split_copy_number
from autograder.notebooks.reading.recognise_lab import find_grade_ids, find_other_lab
from autograder.notebooks.reading.submitted_files import is_notebook

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
        self._labs = read_lab_ids(course)
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
        others = self._find_other_labs(files)
        # A zip file of the whole course has other labs beside this one.
        if others and all(others.values()):
            name, other = next(iter(others.items()))
            raise AutograderError(f"{name.name} is lab {other}, not {self._lab.name}")
        files = {PurePosixPath(*map(make_folder_name, p.parts)): d for p, d in files.items()}
        check_paths(files)
        return files

    def _find_other_labs(self, files: Files) -> dict[PurePosixPath, str]:
        """By notebook, the lab that it belongs to if it is not this one; else empty."""
        return {
            path: find_other_lab(find_grade_ids(data), self._lab.name, self._labs)
            for path, data in files.items()
            if is_notebook(path, data)
        }

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
        notebooks = [path for path, data in files.items() if is_notebook(path, data)]
        doubts = []
        if not notebooks:
            names = ", ".join(sorted(path.name for path in files)) or "nothing"
            doubts.append(f"no notebook in it, but {names[:120]}")
        doubts += [f"{path.name} is empty" for path in notebooks if not files[path].strip()]
        if len(notebooks) > len({PurePosixPath(name).stem for name in self.notebooks}):
            doubts.append(f"{len(notebooks)} notebooks: the one named like the lab counts")
        return doubts


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
