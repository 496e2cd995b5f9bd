"""The prepared folder of a set that is not downloaded."""

from __future__ import annotations

from pathlib import Path

from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.prepared_folder import prepared_folder


def find_prepared(name: str, page: str, source: str, advice: str) -> tuple[Path | None, str]:
    """Return the folder `COURSE_DATA/NAME`, or None with the reason why the stand-in is drawn.

    Args:
        name: The set.
        page: Where the real set comes from; "" for a set that is always synthetic.
        source: "auto", "real" or "offline".
        advice: What to do where the folder is missing and `source` is "real".

    Raises:
        DataError: The folder is missing and `source` is "real".

    Example:
        >>> find_prepared("nuclei", "https://example.org", "offline", "")
        (None, 'source="offline" asks for it')
    """
    if not page or source == "offline":
        return None, 'source="offline" asks for it'
    folder = prepared_folder()
    if folder is not None and (folder / name).is_dir():
        return folder / name, ""
    reason = f"there is no prepared folder COURSE_DATA/{name}"
    if source == "real":
        raise DataError(reason, advice)
    return None, reason
