"""Comparisons with a student's empty arrays, NaN, and half precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.engine.verifier.guarded_array import GuardedArray, guard_array
from autograder.engine.wire.codec import decode, encode

WANTED = np.arange(12.0).reshape(3, 4)
EMPTY = guard_array(np.empty((0, 3, 4)))
NAN = guard_array(np.array([1.0, np.nan]))
TWO = np.array([1.0, 2.0])


@pytest.mark.parametrize(
    "compare",
    [
        lambda: np.linalg.norm(EMPTY - WANTED),
        lambda: (np.abs(WANTED - EMPTY) < 1e-6).all(),
        lambda: np.sum((EMPTY - WANTED) ** 2),
        lambda: np.count_nonzero(EMPTY > 0),
        lambda: not (EMPTY < 0).any(),
        lambda: np.all(EMPTY >= 0),
        lambda: np.abs(EMPTY).max(initial=0),
        lambda: np.linalg.norm(EMPTY),
        lambda: np.median(EMPTY),
        lambda: EMPTY.reshape(-1).sum(),
        lambda: EMPTY - WANTED[0],
        lambda: np.add.reduce(EMPTY, axis=None),
        lambda: not (np.abs(NAN - TWO) > 1e-6).any(),
        lambda: not np.abs(NAN - TWO).max() > 1e-6,
        lambda: not np.linalg.norm(NAN - TWO) > 1e-6,
        lambda: not (NAN < 0).any(),
    ],
)
def test_a_comparison_that_says_nothing_fails(compare: Callable[[], Any]) -> None:
    with pytest.raises(AssertionError, match="empty|NaN"):
        compare()


def test_an_empty_array_that_is_right() -> None:
    right = guard_array(np.empty(0, int))
    assert right.size == 0 and len(right) == 0 and right.tolist() == [] and right.shape == (0,)
    assert (right == np.empty(0)).all() and np.array_equal(right, []) and set(right) == set()
    assert np.allclose(right, np.empty(0)) and isinstance(right, np.ndarray)
    np.testing.assert_array_equal(right, np.empty(0, int))
    assert not np.array_equal(right, [1]) and 3 not in right
    assert WANTED[right].shape == (0, 4) and repr(right) == "array([], dtype=int64)"


def test_nan_where_it_is_right() -> None:
    assert np.isnan(NAN).any() and np.nansum(NAN) == 1 and np.allclose(NAN, NAN, equal_nan=True)
    assert (NAN[:1] > 0).all() and (NAN == TWO).tolist() == [True, False]
    assert not np.allclose(NAN, TWO)
    np.testing.assert_array_equal(NAN, np.array([1, np.nan]))


@pytest.mark.parametrize("dtype", ["<f2", ">f2"])
def test_half_precision_equals_no_other_number(dtype: str) -> None:
    rounded = np.array([70_000, 142.86, np.nan]).astype(dtype)
    # NumPy 2 makes the number one of half precision; before, it is the array that is widened.
    assert (rounded == 101_770).any() == (int(np.__version__[0]) >= 2)
    arrived = decode(encode(rounded), receive_array=guard_array)
    assert not (arrived == 101_770).any() and arrived.dtype == np.float64
    assert decode(encode(rounded[0]), receive_array=guard_array) != 101_770
    assert decode(encode(rounded[1]), receive_array=guard_array) != 142.86
    assert decode(encode(rounded)).dtype == dtype


def test_other_arrays_stay_as_they_are() -> None:
    for array in (TWO, TWO.astype("float32"), np.arange(3), np.array(np.nan), np.array(["a"])):
        guarded = guard_array(array)
        assert type(guarded) is np.ndarray and guarded.dtype == array.dtype
    assert type(guard_array(np.empty(0), is_part=True)) is np.ndarray
    assert type(EMPTY) is GuardedArray
