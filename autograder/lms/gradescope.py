"""Gradescope.

Its export has a folder for each submission, `submission_123/…`, and `submission_metadata.yml`,
which says whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from autograder.course.roster_columns import (
    ColumnNames,
    RosterColumns,
    find_roster_columns,
    lower_header,
)
from autograder.errors import AutograderError
from autograder.lms.lms import Lms
from autograder.lms.submitted_file import SubmittedFile

if TYPE_CHECKING:
    from autograder.lms.download import DownloadedFile

_METADATA = "submission_metadata.yml"
_FOLDER = re.compile(r"submission_\d+")


class Gradescope(Lms):
    """Gradescope: says who submitted and when; a group's submission belongs to each member."""

    name = "gradescope"
    title = "Gradescope"
    column_names = {"id": ("sid",)}

    def read_download(
        self, files: list[DownloadedFile], lab: str, notebooks: Collection[str]
    ) -> Iterator[SubmittedFile]:
        top = _count_outer_folders(files)
        # A file of that name deeper in the export is a student's own.
        metadata = [f for f in files if f.path.parts[top:] == (_METADATA,)]
        if len(metadata) != 1:
            many = "several files" if metadata else "no"
            raise AutograderError(
                f"{many} {_METADATA} at the top of the download, so nothing says whose submissions "
                "they are",
                "in Gradescope: the assignment, Review Grades, Export Submissions",
            )
        about = _read_metadata(metadata[0])
        for file in files:
            if file is not metadata[0]:
                yield from _submitted_files(file, top, about)

    def roster_columns(self, rows: Sequence[list[str]], names: ColumnNames) -> RosterColumns | None:
        if "sid" not in lower_header(rows):
            return None
        return find_roster_columns(rows, names)


def _count_outer_folders(files: Sequence[DownloadedFile]) -> int:
    """How many folders are around the whole export, which has a folder for each submission."""
    top = 0
    for names in zip(*(file.path.parts[:-1] for file in files), strict=False):
        if len(set(names)) > 1 or _FOLDER.fullmatch(names[0]):
            break
        top += 1
    return top


def _read_metadata(file: DownloadedFile) -> dict[str, Any]:
    """By folder, its entry in the metadata file; Ruby's objects are read as what they hold."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    def construct(loader: Loader, _tag: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return loader.construct_scalar(node)

    Loader.add_multi_constructor("!", construct)
    try:
        about = yaml.load(file.read(), Loader)  # a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise AutograderError(f"{_METADATA} can't be read: {error}") from error
    return about if isinstance(about, dict) else {}


def _submitted_files(
    file: DownloadedFile, place: int, about: dict[str, Any]
) -> Iterator[SubmittedFile]:
    """The file once for each of its submitters; the part of its path at `place` names them."""
    folder, *own = file.path.parts[place:]
    entry = about.get(folder) if own else None
    entry = entry if isinstance(entry, dict) else {}
    submitters = entry.get(":submitters")
    people = [p for p in submitters if isinstance(p, dict)] if isinstance(submitters, list) else []
    time = entry.get(":created_at")
    for person in people or [{}]:
        sid, email = str(person.get(":sid") or ""), str(person.get(":email") or "")
        name = str(person.get(":name") or "")
        yield SubmittedFile(
            downloaded=file,
            path=PurePosixPath(*own or (folder,)),
            student=sid or email or name,
            name=name or sid or email,
            ids={"sid": sid, "email": email.casefold()},
            submitted=time if isinstance(time, datetime) else None,
        )
