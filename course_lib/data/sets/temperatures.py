"""Temperatures: the lowest temperature of each day over ten years, in degrees Celsius.

The stand-in teaches that *the best simple forecast depends on how far ahead it looks: tomorrow is
like today, next month is like that month a year ago.*

It is synthetic, for a town in the south, whose summer is in January: a season, a slow warming, and
weather that changes by regime between calm weeks and changeable ones.
"""

from __future__ import annotations

import numpy as np

from course_lib.data.sources.series_set import SeriesSet

PERIOD = 365  # days
MEAN, SWING, TREND = 11.0, 4.5, 0.05  # °C, °C, °C a year
CHANGE = 1 / 20  # probability that the weather changes its regime from one day to the next
REGIMES = ((0.75, 1.4), (0.4, 2.8))  # how much a day keeps of the last one; °C of new weather


def _generate(n: int, rng: np.random.Generator) -> np.ndarray:
    days = np.arange(n)
    season = MEAN + SWING * np.cos(2 * np.pi * (days - 25) / 365.25) + TREND * days / 365.25
    regime = np.cumsum(rng.random(n) < CHANGE) % 2
    fresh = rng.standard_normal(n)
    weather = np.zeros(n)
    for day in range(1, n):
        kept, deviation = REGIMES[regime[day]]
        weather[day] = kept * weather[day - 1] + deviation * fresh[day]
    return (season + weather).round(1)


SERIES = SeriesSet(
    name="temperatures",
    page="http://www.bom.gov.au/climate/data/",
    made_of="a synthetic season with weather",
    unit="°C",
    start="1981-01-01",
    period=PERIOD,
    length=3650,
    generate=_generate,
    salt=1981,
)
