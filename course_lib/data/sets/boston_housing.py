"""Boston housing: 506 districts, 13 columns; the median price of a house in thousand dollars.

The stand-in teaches the lesson of regression: *compare a model with always predicting the mean: a
linear model has a much smaller error, and a small MLP, on standardised inputs, a smaller one
still, because the value of a room depends on where the house is.*

It is synthetic, column by column in the ranges and with the dependences of the real set: the
outskirts are green and far from work, the centre has industry and bad air. The price falls with
poverty, steeply at first, rises with rooms beyond six, more so at the river and where few people
are poor, and is cut off at 50.

Columns: 0 CRIM crime rate · 1 ZN share of large plots, % · 2 INDUS industry, % · 3 CHAS at the
river, 0 or 1 · 4 NOX nitric oxides, parts in 10 million · 5 RM rooms · 6 AGE built before 1940, %
· 7 DIS distance to work · 8 RAD access to motorways, 1 to 24 · 9 TAX per 10,000 dollars · 10
PTRATIO pupils per teacher · 11 B · 12 LSTAT poor people, %.

The real set is disputed: its column B treats the share of black people as a cause of prices. In
the stand-in that column is noise, and prices do not depend on it.
"""

from __future__ import annotations

import numpy as np

from course_lib.data.sources.dataset import Examples
from course_lib.data.sources.table_dataset import table_dataset

COLUMNS = tuple(str.split("CRIM ZN INDUS CHAS NOX RM AGE DIS RAD TAX PTRATIO B LSTAT"))


def _generate_districts(n: int, rng: np.random.Generator) -> Examples:
    out = rng.beta(1.1, 1.3, n)  # 0 in the centre, 1 on the outskirts
    wealth = np.clip(0.3 + 0.4 * out + 0.22 * rng.standard_normal(n), 0, 1)
    river = (rng.random(n) < 0.07 + 0.05 * (out < 0.4)).astype(float)
    crime = np.exp(2.2 - 6 * out + 0.9 * rng.standard_normal(n)).clip(0.006, 89)
    plots = np.where(rng.random(n) < out * 0.6, 100 * rng.beta(1.5, 2, n), 0)
    industry = (25 - 22 * out + 3 * rng.standard_normal(n)).clip(0.5, 27.7)
    oxides = (0.72 - 0.3 * out + 0.04 * rng.standard_normal(n)).clip(0.385, 0.871)
    rooms = (5.5 + 1.5 * wealth + 0.5 * rng.standard_normal(n)).clip(3.5, 8.8)
    age = (105 - 75 * out + 15 * rng.standard_normal(n)).clip(3, 100)
    distance = np.exp(0.5 + 1.6 * out + 0.2 * rng.standard_normal(n)).clip(1.1, 12.1)
    motorway = np.where(out < 0.28, 24, rng.integers(1, 9, n)).astype(float)
    tax = (200 + 18 * motorway + 40 * rng.standard_normal(n)).clip(187, 711).round()
    pupils = (21.5 - 4.5 * wealth + 1.2 * rng.standard_normal(n)).clip(12.6, 22)
    noise = 396.9 - rng.exponential(20, n).clip(0, 390)
    poor = (30 * (1 - wealth) ** 1.5 * np.exp(0.2 * rng.standard_normal(n)) + 2).clip(1.7, 38)
    x = np.stack(
        [crime, plots, industry, river, oxides, rooms, age]
        + [distance, motorway, tax, pupils, noise, poor],
        axis=1,
    )
    price = (
        9
        + 24 * np.exp(-poor / 7)
        + 9 * np.maximum(rooms - 6, 0) * (1.4 - poor / 20).clip(0.2)
        + 5 * river * (rooms - 5)
        + 14 * (0.75 - oxides) * np.minimum(distance, 5) / 2
        - 0.5 * (pupils - 18)
    )
    price += 2.3 * rng.standard_normal(n)
    return x.round(4), price.clip(5, 50).round(1)


DATASET = table_dataset(
    "boston_housing",
    made_of="synthetic districts",
    columns=COLUMNS,
    dtype="float64",
    sizes={"quick": (404, 102), "full": (404, 102)},
    generate=_generate_districts,
    salt=506,
    digest="f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
)
