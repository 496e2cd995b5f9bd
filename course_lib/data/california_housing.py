"""California housing: 20,640 blocks, 8 numbers each; the middle value of a house in dollars.

The stand-in carries the lesson of regression on many rows: *where a house stands matters, and not
in a straight line: a linear model beats the mean, an MLP finds the two coasts and beats it again.*

It is made up: blocks gather round San Francisco, Los Angeles and along the valley; values rise
with income, fall with the way to the nearer of the two cities and to the coast, and are cut at
500,001, as in the census.

Columns, as they stand in Keras' file (its documentation gives other names and another order, but
the file has the columns of the census table as they come): 0 longitude · 1 latitude · 2 median age
of the houses, years · 3 rooms in the block · 4 bedrooms in the block · 5 people · 6 households ·
7 median income, 10,000 dollars.
"""

from __future__ import annotations

import numpy as np

from course_lib.data.dataset import GOOGLE, Dataset, KerasFile
from course_lib.data.table import unpack

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
# Where blocks gather: longitude, latitude, how widely, and which share of them.
TOWNS = (
    (*SAN_FRANCISCO, 0.35, 0.26),
    (*LOS_ANGELES, 0.4, 0.4),
    (-117.1, 32.8, 0.2, 0.1),  # San Diego
    (-121.4, 38.6, 0.5, 0.12),  # Sacramento
    (-119.5, 36.6, 0.7, 0.12),  # the valley
)


def stand_in(train, test, seed=0):
    """Return ``train`` and ``test`` blocks.

    Args:
        train: number of blocks to train on.
        test: number of blocks to test on.
        seed: integer, 0 or larger.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: ``x`` float32 ``(n, 8)``, ``y`` float32
        ``(n,)``, dollars.

    Example:
        >>> (x_train, y_train), _ = stand_in(100, 20)
        >>> x_train.shape, x_train.dtype
        ((100, 8), dtype('float32'))
    """
    rng = np.random.default_rng([seed, 640])
    return _blocks(train, rng), _blocks(test, rng)


def _blocks(n, rng):
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
    # The coast runs about straight from one city to the other.
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


DATASET = Dataset(
    name="california_housing",
    page="https://keras.io/api/datasets/california_housing/",
    example=(8,),
    dtype="float32",
    labels="float32",
    classes=None,
    sizes={"quick": (4000, 1000), "full": (16512, 4128)},
    stand_in=stand_in,
    made_of="made-up blocks",
    unpack=unpack,
    files=(
        KerasFile(
            "california_housing.npz",
            GOOGLE + "california_housing.npz",
            "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
        ),
    ),
)
