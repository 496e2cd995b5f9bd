"""The description of a time series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class SeriesSet:
    """A time series: its calendar, its unit, and its stand-in.

    Args:
        name: As in `series(name)`; the prepared file is `NAME.csv`.
        page: Where to read about the real series.
        made_of: What the stand-in is, in a few words, for its announcement.
        unit: What one value is measured in.
        start: The first time of the stand-in, as NumPy reads it: "1749-01" or "1981-01-01". Its
            precision is the step, one month or one day.
        period: Steps in a season.
        length: Values in the stand-in.
        generate: `generate(n, rng)` returns the values of the stand-in, `(n,)`.
        salt: Mixed into the seed, so that two series with the same seed draw different numbers.

    Example:
        >>> from course_lib.data.sets.sunspots import SERIES
        >>> SERIES.period, SERIES.unit
        (132, 'sunspots')
    """

    name: str
    page: str
    made_of: str
    unit: str
    start: str
    period: int
    length: int
    generate: Callable[[int, np.random.Generator], np.ndarray]
    salt: int

    def stand_in(self, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Generate the stand-in.

        Args:
            seed: Integer, 0 or larger; another seed draws another history of the same kind.

        Returns:
            Times, datetime64 `(n,)`, and values, float64 `(n,)`.

        Example:
            >>> from course_lib.data.sets.temperatures import SERIES
            >>> times, values = SERIES.stand_in()
            >>> str(times[0]), values.shape
            ('1981-01-01', (3650,))
        """
        rng = np.random.default_rng([seed, self.salt])
        times = np.datetime64(self.start) + np.arange(self.length)
        return times, self.generate(self.length, rng)
