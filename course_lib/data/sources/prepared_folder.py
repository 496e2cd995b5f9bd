"""The folder of data that an instructor has prepared."""

from __future__ import annotations

import os
from pathlib import Path

from course_lib.data.sources.data_error import DataError

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")


def prepared_folder() -> Path | None:
    """Return the folder that `COURSE_DATA` names, or None if the variable is not set.

    Raises:
        DataError: The variable names something else.
    """
    value = os.environ.get("COURSE_DATA", "").strip()
    if not value:
        return None
    folder = Path(value).expanduser()
    if not folder.is_dir():
        raise DataError(
            f"COURSE_DATA={value} is not a folder",
            "Set it to the folder of prepared data, or unset it: unset COURSE_DATA",
        )
    return folder
