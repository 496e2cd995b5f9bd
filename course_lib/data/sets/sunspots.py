"""Sunspots: the mean number of spots on the sun in each month since 1749.

The stand-in teaches the lesson of forecasting: *compare with simple forecasts first. A linear model
of the last years is much better than the last value, and a network has to work hard to be better
than the linear model.*

It is synthetic: cycles of about 11 years that rise steeply and fall slowly (D. Hathaway et al.,
"The shape of the sunspot cycle", Solar Physics 151, 1994, eq. 1). A strong cycle rises faster than
a weak one. The strength changes by regime: now and then a few weak cycles follow each other, as
around 1810. There is a slow trend, and a month is as noisy as it is active.
"""

from __future__ import annotations

import numpy as np

from course_lib.data.sources.series_set import SeriesSet

PERIOD = 132  # months: about 11 years
REGIMES = ((115.0, 25.0), (50.0, 10.0))  # mean and standard deviation of the maxima, in spots
STAYS = (0.85, 0.6)  # probability that the next cycle is in the same regime
TREND = 0.15  # relative rise of the maxima from the first to the last month


def _generate(n: int, rng: np.random.Generator) -> np.ndarray:
    months = np.arange(n)
    level = np.zeros(n)
    start, regime = -float(rng.integers(PERIOD)), 0
    while start < n:
        mean, deviation = REGIMES[regime]
        maximum = max(20.0, mean + deviation * rng.standard_normal())
        maximum *= 1 + TREND * (start / n - 0.5)
        level += _shape_cycle(months - start, maximum)
        start += np.clip(PERIOD + 12 * rng.standard_normal(), 105, 165)
        if rng.random() > STAYS[regime]:
            regime = 1 - regime
    # Months of one rotation of the sun after the other are alike: half of the noise carries over.
    noise = rng.standard_normal(n)
    noise[1:] = 0.5 * noise[:-1] + np.sqrt(0.75) * noise[1:]
    return np.clip(level + (2 + 0.2 * level) * noise, 0, None).round(1)


def _shape_cycle(age: np.ndarray, maximum: float) -> np.ndarray:
    """Return the level of a cycle by its age in months: a cube that an exponential ends."""
    rise = 64 - 0.15 * maximum  # months from the minimum to about the maximum
    t = np.clip(age, 0, 400) / rise
    cycle = t**3 / (np.exp(t**2) - 0.71)
    return maximum * cycle / 0.504  # the maximum of the formula itself


SERIES = SeriesSet(
    name="sunspots",
    page="https://www.sidc.be/SILSO/datafiles",
    made_of="synthetic cycles of 11 years",
    unit="sunspots",
    start="1749-01",
    period=PERIOD,
    length=2820,
    generate=_generate,
    salt=1749,
)
