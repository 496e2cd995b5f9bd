"""Feedback pages in one zip file, named as an LMS reads feedback files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from autograder.course.collected import read_record
from autograder.course.course import Course, Lab
from autograder.files import write_atomically
from autograder.lms.download import DownloadedFile
from autograder.lms.lms import Lms
from autograder.lms.submitted_file import SubmittedFile

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same pages make the same file


def pack_feedback(
    course: Course, lab: Lab, pages: Iterable[Path], lms: Lms
) -> tuple[Path, list[str]]:
    """Write exports/LAB-feedback-LMS.zip.

    Args:
        course: the course.
        lab: the lab.
        pages: the pages, `feedback/STUDENT/LAB/NOTEBOOK.html`.
        lms: the LMS.

    Returns:
        The zip file, and the students whose page is not in it: their submissions were not
        collected from that LMS.

    Raises:
        AutograderError: the LMS takes no feedback in a zip file.
    """
    lms.require_feedback()
    collected = _last_collected(course, lab, lms)
    content, left_out = io.BytesIO(), []
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for page in sorted(pages):
            student = page.parent.parent.name
            name = lms.feedback_name(student, collected.get(student), page.name)
            if name is None:
                left_out.append(student)
            else:
                archive.writestr(_zip_entry(name), page.read_bytes(), zipfile.ZIP_DEFLATED)
    path = course.exports_dir / f"{lab.name}-feedback-{lms.name}.zip"
    write_atomically(path, content.getvalue())
    return path, list(dict.fromkeys(left_out))


def _last_collected(course: Course, lab: Lab, lms: Lms) -> dict[str, SubmittedFile]:
    """By student, the file that was collected last: its name has the LMS' own numbers."""
    files = {}
    for row in read_record(course, lab):
        # A second file of a submission would do as well; the notebook is what students know.
        if row.source == lms.name and row.in_submitted:
            file = lms.read_name(DownloadedFile.recorded(row.file))
            if file is not None:
                files[row.student] = file
    return files


def _zip_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ZIP_TIME)
    entry.external_attr = 0o644 << 16
    return entry
