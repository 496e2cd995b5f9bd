"""Time series: monthly sunspots, daily temperatures."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from course_lib.data.registry import find_series
from course_lib.data.sources.check_source import check_source
from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.load_prepared_series import load_prepared_series
from course_lib.data.sources.prepared_folder import prepared_folder
from course_lib.data.sources.provenance import announce, announce_stand_in
from course_lib.data.sources.suggest_stand_in import suggest_stand_in


def series(name: str, source: str = "auto", seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Load a time series.

    The real series is read from `COURSE_DATA/NAME.csv`. Without that file a stand-in is generated
    in memory. Both are announced on stdout, once.

    Args:
        name: "sunspots" or "temperatures".
        source: "auto" searches as above; "real" raises an error instead of loading the stand-in;
            "offline" loads the stand-in at once.
        seed: Seed of the stand-in, an integer, 0 or larger. Another seed gives another history of
            the same kind. Real data do not depend on it.

    Returns:
        Times, datetime64 `(n,)`, and values, float64 `(n,)`, oldest first.

    Raises:
        ValueError: Unknown name or source, or a negative seed.
        DataError: The prepared file is damaged, or it is missing and `source` is "real".

    Example:
        >>> months, spots = series("sunspots", source="offline")  # doctest: +ELLIPSIS
        course_lib.data: sunspots is a STAND-IN...
        >>> str(months[-1]), spots.shape
        ('1983-12', (2820,))
    """
    described = find_series(name)
    check_source(source)
    if not isinstance(seed, Integral) or seed < 0:
        raise ValueError(f"seed is {seed!r}: it should be an integer, 0 or larger")
    reason = 'source="offline" asks for it'
    if source != "offline":
        folder = prepared_folder()
        file = folder / f"{name}.csv" if folder else None
        if file is not None and file.exists():
            times, values = load_prepared_series(file)
            announce(name, str(file), f"{name} is prepared data from {file}")
            return times, values
        reason = f"there is no {file}" if file else "COURSE_DATA is not set"
        if source == "real":
            raise DataError(
                f"{name} is not prepared: {reason}",
                f"Get it from {described.page}, save it as {name}.csv (time,value) in a folder, "
                f"and set COURSE_DATA to that folder\n{suggest_stand_in(name, 'series')}",
            )
    times, values = described.stand_in(int(seed))
    announce_stand_in(name, described.made_of, reason)
    return times, values
