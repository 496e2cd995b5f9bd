"""NumPy's comparisons in test cells: an empty array is not close to one that has numbers.

`np.allclose(np.empty((0, 1)), right)` is True: the two are broadcast to no numbers at all, and all
of these agree. A test that means "these numbers" would pass whoever hands in none.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

_COMPARISONS = ("allclose", "isclose", "array_equiv")
_ASSERTIONS = (
    "assert_allclose",
    "assert_almost_equal",
    "assert_array_almost_equal",
    "assert_array_equal",
    "assert_array_less",
    "assert_equal",
)


def refuse_empty_arrays() -> None:
    """Have NumPy's comparisons and assertions in this process say no where one side is empty."""
    for name in _COMPARISONS:
        setattr(np, name, _saying_no(getattr(np, name)))
    for name in _ASSERTIONS:
        setattr(np.testing, name, _raising(getattr(np.testing, name)))


def _saying_no(compare: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(compare)
    def compared(a: Any, b: Any, *args: Any, **kwargs: Any) -> Any:
        return np.False_ if _one_is_empty(a, b) else compare(a, b, *args, **kwargs)

    return compared


def _raising(check: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(check)
    def checked(*args: Any, **kwargs: Any) -> None:
        if len(args) >= 2 and _one_is_empty(*args[:2]):
            raise AssertionError("an empty array where there should be numbers, or the other way")
        check(*args, **kwargs)

    return checked


def _one_is_empty(a: Any, b: Any) -> bool:
    # Of other kinds, and of lists that are no arrays, NumPy's own function says what it says.
    try:
        return (np.size(a) == 0) != (np.size(b) == 0)
    except Exception:
        return False
