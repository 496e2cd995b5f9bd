"""No LMS: a plain folder with a folder for each student, or a file for each student."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from autograder.lms.lms import Lms
from autograder.lms.submitted_file import SubmittedFile, split_copy_number

if TYPE_CHECKING:
    from autograder.lms.download import DownloadedFile


class Folder(Lms):
    """A plain folder: `STUDENT/…`, `STUDENT/LAB/…`, or `STUDENT_LAB.ipynb`."""

    name = "folder"
    title = "A folder"
    takes_feedback = True

    def read_download(
        self, files: list[DownloadedFile], lab: str, notebooks: Collection[str]
    ) -> Iterator[SubmittedFile]:
        class_folder = _class_folder([file.path.parts for file in files], lab, notebooks)
        for file in files:
            parts = file.path.parts
            if len(parts) > 1 and parts[0] == class_folder:
                parts = parts[1:]
            if len(parts) > 1:
                student, path = parts[0], parts[1:]
            else:
                student, path = _student_in_name(parts[0], lab), parts
            if len(path) > 1 and path[0] == lab:
                path = path[1:]
            yield SubmittedFile(file, PurePosixPath(*path), student, student)

    def feedback_name(self, student: str, file: SubmittedFile | None, page: str) -> str | None:
        """A folder for each student, wherever the submission came from."""
        return f"{student}/{page}"


def _class_folder(paths: list[tuple[str, ...]], lab: str, notebooks: Collection[str]) -> str:
    """The one folder around a whole class; empty when the only folder is a student's."""
    work = _with_suffix(paths, ".ipynb") or _with_suffix(paths, ".zip") or paths
    if len({path[0] for path in work}) != 1:
        return ""
    students = {_student_in_path(path[1:], lab, notebooks) for path in work}
    is_class = len(students) > 1 or all(len(path) > 2 for path in paths)
    return work[0][0] if is_class and "" not in students else ""


def _with_suffix(paths: list[tuple[str, ...]], suffix: str) -> list[tuple[str, ...]]:
    return [path for path in paths if path[-1].lower().endswith(suffix)]


def _student_in_path(path: tuple[str, ...], lab: str, notebooks: Collection[str]) -> str:
    """The student that a path below a folder names; empty when it belongs to the folder's owner."""
    if len(path) > 1:
        return path[0] if path[0] != lab else ""
    name, _ = split_copy_number("".join(path), notebooks)
    if name in notebooks or not name.endswith((".ipynb", ".zip")):
        return ""
    return _strip_lab(name, lab)


def _student_in_name(name: str, lab: str) -> str:
    """`ada` in `ada_01_mlp.ipynb`, `ada_01_mlp (1).ipynb` and `01_mlp-ada.ipynb`."""
    return _strip_lab(name, lab) or PurePosixPath(name).stem


def _strip_lab(name: str, lab: str) -> str:
    stem = PurePosixPath(name).stem
    pattern = re.escape(lab) + r"( ?\(\d{1,3}\))?"  # a browser numbers a second copy
    return re.sub(pattern, "", stem, flags=re.IGNORECASE).strip(" _-.")
