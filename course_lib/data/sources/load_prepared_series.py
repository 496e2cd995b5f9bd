"""A time series that an instructor has prepared: `COURSE_DATA/NAME.csv`."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from course_lib.data.sources.data_error import DataError


def load_prepared_series(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read a series from a file with one line per step: its time and its value.

    The first line names the two columns. A time is `1749-01` or `1981-01-01`; all have the same
    form and rise from line to line. Further columns are ignored.

    Args:
        path: The file.

    Returns:
        Times, datetime64 `(n,)`, and values, float64 `(n,)`.

    Raises:
        DataError: The file cannot be read; the message names the line and the reason.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "sunspots.csv"
        ...     _ = file.write_text("Month,Sunspots\\n1749-01,58.0\\n1749-02,62.6\\n")
        ...     load_prepared_series(file)[1].tolist()
        [58.0, 62.6]
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [(line, row) for line, row in enumerate(csv.reader(file), start=1) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"{path} cannot be read ({error})", "Copy it again, or remove it from COURSE_DATA."
        ) from error
    read = [_read_row(path, line, row) for line, row in lines[1:]]
    if not read:
        raise DataError(
            f"{path} has no values",
            "Write one line per step below the names of the columns: 1749-01,58.0",
        )
    times, values = np.array([time for time, _ in read]), np.array([value for _, value in read])
    back = np.flatnonzero(np.diff(times) <= np.timedelta64(0))
    if len(back):
        raise DataError(
            f"{path}, line {lines[back[0] + 2][0]}: {times[back[0] + 1]} follows {times[back[0]]}",
            "Sort the lines by time, with one line per step.",
        )
    return times, values


def _read_row(path: Path, line: int, row: list[str]) -> tuple[np.datetime64, float]:
    try:
        time, value = np.datetime64(row[0].strip()), float(row[1])
        if not np.isfinite(value) or np.isnat(time):
            raise ValueError(f"{row[1]!r} is not a finite number")
    except (IndexError, ValueError) as error:
        raise DataError(
            f"{path}, line {line}: {','.join(row)!r} is not a time and a number ({error})",
            "Write it as 1749-01,58.0 or 1981-01-01,20.7.",
        ) from error
    return time, value
