"""What the rest of the program asks of a learning management system."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from autograder.course.course import Lab
from autograder.course.roster_columns import ColumnNames, RosterColumns
from autograder.errors import AutograderError
from autograder.lms.gradebook_layout import GradebookLayout
from autograder.lms.submitted_file import SubmittedFile

if TYPE_CHECKING:
    from autograder.lms.download import DownloadedFile


class Lms:
    """A learning management system; a subclass overrides what its LMS can do.

    Attributes:
        name: as typed after `--from`, `--to` and `--format`.
        title: as people call it, at the start of a sentence.
        column_names: columns of class lists that only this LMS has, also accepted in plain lists.
        not_students: names, in lower case, in rows of class lists that are not about a student.
        gradebook: the file with marks that the LMS reads back; empty when it reads none.
        gradebook_menu: where to download that file.
        takes_feedback: whether it takes feedback pages in one zip file.
        flags_late: whether it marks late files without saying when they arrived.
        lms_name: finds the names that the LMS made, also those that can't be read.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    column_names: ClassVar[ColumnNames] = {}
    not_students: ClassVar[frozenset[str]] = frozenset()
    gradebook: ClassVar[str] = ""
    gradebook_menu: ClassVar[str] = ""
    takes_feedback: ClassVar[bool] = False
    flags_late: ClassVar[bool] = False
    lms_name: ClassVar[re.Pattern[str]] = re.compile(r"(?!)")

    def read_download(
        self, files: list[DownloadedFile], lab: str, notebooks: Collection[str]
    ) -> Iterator[SubmittedFile]:
        """Read what the LMS says about each file of a download.

        Args:
            files: the files.
            lab: the lab's name.
            notebooks: the file names of the lab's notebooks.

        Raises:
            AutograderError: the download lacks what tells students apart.
        """
        for file in files:
            yield self.read_name(file) or unrecognized(file)

    def read_name(self, file: DownloadedFile) -> SubmittedFile | None:
        """Read what a file's place and name alone say; None when they say nothing.

        The first part of the path that looks like a name of the LMS is its own. What comes behind
        it is the student's, and says nothing, also when the first can't be read.
        """
        names = enumerate(file.path.parts)
        place = next((n for n, part in names if self.lms_name.search(part)), None)
        return None if place is None else self.read_part(file, place)

    def read_part(self, file: DownloadedFile, place: int) -> SubmittedFile | None:
        """Read what one part of a file's path says, which the LMS named.

        Args:
            file: the file.
            place: the part's place, from 0.

        Returns:
            The file and its student; None when the part is not named as the LMS names files.
        """
        return None

    def roster_columns(self, rows: Sequence[list[str]], names: ColumnNames) -> RosterColumns | None:
        """Find the columns of the LMS' own class list.

        Args:
            rows: the rows of the file, the header first.
            names: the names of columns, those of this LMS before others.

        Returns:
            The columns; None when the file is not such a list.
        """
        return None

    def gradebook_layout(
        self, rows: Sequence[list[str]], lab: Lab, column: str | None
    ) -> GradebookLayout:
        """Find the lab's column and the others to upload in the LMS' gradebook file.

        Args:
            rows: the rows of the file, the header first.
            lab: the lab.
            column: the name of the lab's column; None looks for the lab's title or name.

        Raises:
            AutograderError: it is another file, or the lab's column is not clear.
        """
        raise NotImplementedError

    def gradebook_suffix(self, file: Path) -> str:
        """The suffix of the filled gradebook file, for the file that was downloaded."""
        return ".csv"

    def feedback_name(self, student: str, file: SubmittedFile | None, page: str) -> str | None:
        """The path of a feedback page in the zip file that the LMS takes.

        Args:
            student: the student's id.
            file: the student's file, as collected from this LMS; None when there is none.
            page: the page's file name.

        Returns:
            The path; None when the LMS can't know whose page it is.
        """
        raise NotImplementedError

    def require_gradebook(self) -> None:
        """Check that the LMS reads marks from a file.

        Raises:
            AutograderError: it does not.
        """
        if not self.gradebook:
            raise AutograderError(
                f"{self.title} does not read marks from a file",
                "export a plain table instead: --format csv",
            )

    def require_feedback(self) -> None:
        """Check that the LMS takes feedback pages in one zip file.

        Raises:
            AutograderError: it does not.
        """
        if not self.takes_feedback:
            raise AutograderError(
                f"{self.title} does not take feedback pages in one zip file",
                "pack a folder for each student: --to folder",
            )


def unrecognized(file: DownloadedFile) -> SubmittedFile:
    """A file whose student the LMS doesn't tell."""
    return SubmittedFile(file, PurePosixPath(file.path.name))
