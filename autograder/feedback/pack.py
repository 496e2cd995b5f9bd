"""Feedback pages in one zip file, named as an LMS takes feedback files back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from autograder.course.collected import Row, read_record
from autograder.course.course import Course, Lab
from autograder.files import write_atomically
from autograder.lms.canvas import canvas
from autograder.lms.download import DownloadedFile
from autograder.lms.moodle import moodle
from autograder.lms.submitted_file import SubmittedFile

TARGETS = ("canvas", "moodle", "folder")
_THEN = (1980, 1, 1, 0, 0, 0)  # the same pages make the same file


def pack(course: Course, lab: Lab, pages: Iterable[Path], target: str) -> tuple[Path, list[str]]:
    """Write exports/LAB-feedback-TARGET.zip.

    Canvas takes a file under the name of the submission that it gave (the numbers in it count);
    Moodle takes a folder of the participant's name and number.

    Args:
        course: the course.
        lab: the lab.
        pages: the pages, `feedback/STUDENT/LAB/NOTEBOOK.html`.
        target: one of `TARGETS`.

    Returns:
        The zip file, and the students whose page is not in it: what they handed in was not
        collected from that LMS.
    """
    handed_in = {} if target == "folder" else dict(_latest(read_record(course, lab), target))
    content, left = io.BytesIO(), []
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for page in sorted(pages):
            student = page.parent.parent.name
            if target == "folder":
                name = f"{student}/{page.name}"
            elif student in handed_in:
                name = _name(handed_in[student], page, target)
            else:
                left.append(student)
                continue
            archive.writestr(_entry(name), page.read_bytes(), zipfile.ZIP_DEFLATED)
    path = course.exports_dir / f"{lab.name}-feedback-{target}.zip"
    write_atomically(path, content.getvalue())
    return path, list(dict.fromkeys(left))


def _latest(record: list[Row], source: str) -> Iterator[tuple[str, SubmittedFile]]:
    """By student, the file that was collected last; its name says how the LMS calls them."""
    readers = {"canvas": canvas, "moodle": moodle}
    for row in record:
        # A second file of a submission would do as well; the notebook is what students know.
        if row.source == source and row.state in {"taken", "unchanged"} and row.file:
            file = DownloadedFile(PurePosixPath(row.file), "", open)  # only its name is read
            yield row.student, next(iter(readers[source]([file])))


def _name(handed_in: SubmittedFile, page: Path, target: str) -> str:
    if target == "moodle":
        number = handed_in.ids["moodle"]
        return f"{handed_in.name}_{number}_assignfeedback_file_/{page.name}"
    original = handed_in.file.path.name
    before = original.removesuffix(handed_in.path.name)  # lastfirst_LATE_12345_67890_
    return f"{before}{page.name}"


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _THEN)
    entry.external_attr = 0o644 << 16
    return entry
