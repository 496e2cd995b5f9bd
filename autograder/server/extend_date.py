"""Writes a student's due date into `[extensions]` of `course.toml`; the rest stays as it is."""

from __future__ import annotations

import threading
from datetime import datetime, timezone
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from autograder.course.course import Course, Lab
from autograder.files import write_atomically
from autograder.server.refused import RefusedError

_LOCK = threading.Lock()


def extend_date(course: Course, lab: Lab, student: str, due: datetime | None) -> None:
    """Set or remove a student's own due date for a lab.

    Args:
        course: The course.
        lab: The lab.
        student: The student's id.
        due: The date, with a time zone; None removes the extension.

    Raises:
        RefusedError: `course.toml` cannot be changed.
    """
    path = course.root / "course.toml"
    with _LOCK:
        _write(path, lab, student, due)


def _write(path: Path, lab: Lab, student: str, due: datetime | None) -> None:
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8") if path.is_file() else "")
        extensions = document.setdefault("extensions", tomlkit.table())
        own = extensions.setdefault(student, tomlkit.inline_table())
        if due is not None:
            own[lab.name] = due.astimezone(timezone.utc)
        elif lab.name in own:
            del own[lab.name]
        write_atomically(path, tomlkit.dumps(document))
    except (TOMLKitError, AttributeError, TypeError, UnicodeDecodeError) as error:
        raise RefusedError(
            409,
            f"course.toml is written in a way that the server cannot change: {error}",
            f"Add the date of {student} for {lab.name} to [extensions] yourself.",
        ) from error
