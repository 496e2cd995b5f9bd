"""California housing: 20,640 blocks, 8 columns; the median value of a house in dollars.

The stand-in teaches the lesson of regression on many rows: *location matters, and not linearly: a
linear model beats the mean, and an MLP finds the two coastal regions and beats the linear model.*

It is synthetic: blocks cluster around San Francisco, Los Angeles and along the valley; values rise
with income, fall with the distance to the nearer of the two cities and to the coast, and are cut
off at 500,001, as in the census.

Columns, in the order of Keras' file (the documentation of Keras gives other names and another
order, but the file has the columns of the census table): 0 longitude · 1 latitude · 2 median age
of the houses, years · 3 rooms in the block · 4 bedrooms in the block · 5 people · 6 households ·
7 median income, 10,000 dollars.
"""

from __future__ import annotations

import numpy as np

from course_lib.data.sources.dataset import Examples
from course_lib.data.sources.table_dataset import table_dataset

COLUMNS = (
    "longitude",
    "latitude",
    "housing_median_age",
    "total_rooms",
    "total_bedrooms",
    "population",
    "households",
    "median_income",
)
SAN_FRANCISCO, LOS_ANGELES = (-122.4, 37.7), (-118.3, 34.0)
# Centres of the blocks: longitude, latitude, standard deviation, and share of the blocks.
TOWNS = (
    (*SAN_FRANCISCO, 0.35, 0.26),
    (*LOS_ANGELES, 0.4, 0.4),
    (-117.1, 32.8, 0.2, 0.1),  # San Diego
    (-121.4, 38.6, 0.5, 0.12),  # Sacramento
    (-119.5, 36.6, 0.7, 0.12),  # the Central Valley
)


def _generate_blocks(n: int, rng: np.random.Generator) -> Examples:
    towns = np.array(TOWNS)
    town = towns[rng.choice(len(towns), n, p=towns[:, 3])]
    longitude = (town[:, 0] + town[:, 2] * rng.standard_normal(n)).clip(-124.4, -114.3)
    latitude = (town[:, 1] + town[:, 2] * rng.standard_normal(n)).clip(32.5, 42)
    age = rng.integers(1, 53, n)
    households = np.exp(6 + 0.7 * rng.standard_normal(n)).clip(5, 6082).round()
    income = np.exp(1.25 + 0.45 * rng.standard_normal(n)).clip(0.5, 15)
    rooms = (households * (3.6 + 0.5 * income + 0.7 * rng.standard_normal(n)).clip(1)).round()
    bedrooms = (households * (1.07 + 0.05 * rng.standard_normal(n)).clip(0.8)).round()
    people = (households * np.exp(1.05 + 0.25 * rng.standard_normal(n))).round()

    place = np.stack([longitude, latitude], axis=1)
    city = np.min([np.linalg.norm(place - at, axis=1) for at in (SAN_FRANCISCO, LOS_ANGELES)], 0)
    # The coast is almost a straight line between the two cities.
    inland = (0.86 * (longitude + 118.3) + (latitude - 34)).clip(-1, 3)
    crowded = (people / households - 2.5).clip(0)
    value = (
        35_000
        + 36_000 * income
        + 120_000 * np.exp(-city / 0.35)
        + 60_000 * np.exp(-((inland / 0.4) ** 2))
        + 14_000 * income * np.exp(-city / 0.5)
        - 18_000 * crowded
        + 500 * (age - 28)
    )
    value *= np.exp(0.12 * rng.standard_normal(n))
    columns = [longitude, latitude, age, rooms, bedrooms, people, households, income]
    x = np.stack(columns, axis=1).astype("float32")
    return x, value.clip(14_999, 500_001).round().astype("float32")


DATASET = table_dataset(
    "california_housing",
    made_of="synthetic blocks",
    columns=COLUMNS,
    dtype="float32",
    sizes={"quick": (4000, 1000), "full": (16512, 4128)},
    generate=_generate_blocks,
    salt=640,
    digest="1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
    versions=("large", "small"),
)
