"""What the loader knows about one data set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Dataset:
    """One data set: the form of its arrays, where the real one is kept, how its stand-in is made.

    Args:
        name: as in ``load(name)``.
        page: where to read about the real set, and to fetch it by hand.
        example: shape of one example; None for sequences of any length.
        dtype: dtype of ``x``.
        labels: dtype of ``y``.
        classes: the classes' names in the order of their labels; None where ``y`` is a quantity.
        sizes: examples in the stand-in's train and test part, a pair a profile.
        stand_in: ``stand_in(train, test, seed)`` makes ``(x_train, y_train), (x_test, y_test)``.
        made_of: what the stand-in is, in a few words, for the announcement.
    """

    name: str
    page: str
    example: tuple[int, ...] | None
    dtype: str
    labels: str
    classes: tuple[str, ...] | None
    sizes: dict[str, tuple[int, int]]
    stand_in: Callable
    made_of: str
