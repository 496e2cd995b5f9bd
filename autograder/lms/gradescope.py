"""Gradescope's export: `submission_123/…` and `submission_metadata.yml`, which says whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import yaml

from autograder.errors import AutograderError
from autograder.lms.download import DownloadedFile
from autograder.lms.submitted_file import SubmittedFile

_METADATA = "submission_metadata.yml"


class _Loader(yaml.SafeLoader):
    """Reads Ruby's objects as what they hold, and makes none of them."""


def _held(loader: _Loader, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("!", _held)


def gradescope(files: list[DownloadedFile]) -> Iterator[SubmittedFile]:
    """What Gradescope's export says of each file; a group's work is handed in by each of it.

    Raises:
        AutograderError: there is no `submission_metadata.yml`, or it can't be read.
    """
    lists = [file for file in files if file.path.name == _METADATA]
    if not lists:
        raise AutograderError(
            f"no {_METADATA} in the download, so it can't be told whose work it is",
            "on Gradescope: the assignment, Review Grades, Export Submissions",
        )
    try:
        about = yaml.load(lists[0].read(), _Loader)  # a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise AutograderError(f"{_METADATA} can't be read: {error}") from error
    about = about if isinstance(about, dict) else {}
    for file in files:
        if file in lists:
            continue
        place, entry = next(
            ((n, about[part]) for n, part in enumerate(file.path.parts) if part in about), (0, None)
        )
        entry = entry if isinstance(entry, dict) else {}
        listed = entry.get(":submitters")
        people = [p for p in listed if isinstance(p, dict)] if isinstance(listed, list) else []
        for person in people or [{}]:
            sid, email = str(person.get(":sid") or ""), str(person.get(":email") or "")
            name = str(person.get(":name") or "")
            yield SubmittedFile(
                file=file,
                path=PurePosixPath(*file.path.parts[place + 1 :] or (file.path.name,)),
                student=sid or email or name,
                name=name or sid or email,
                ids={"sid": sid, "email": email.casefold()},
                submitted=_time(entry.get(":created_at")),
            )


def _time(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None
