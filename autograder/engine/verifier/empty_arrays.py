"""NumPy's comparisons in test cells: an empty array is not close to an array with numbers.

`np.allclose(np.empty((0, 1)), right)` is True: the two are broadcast to no numbers at all, and all
of these agree. So an answer without any number would pass a test that compares numbers.
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


def reject_empty_arrays() -> None:
    """Have NumPy's comparisons and assertions fail in this process where one side is empty."""
    for name in _COMPARISONS:
        setattr(np, name, _compare_nonempty(getattr(np, name)))
    for name in _ASSERTIONS:
        setattr(np.testing, name, _check_nonempty(getattr(np.testing, name)))


def _compare_nonempty(compare: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(compare)
    def compared(a: Any, b: Any, *args: Any, **kwargs: Any) -> Any:
        return np.False_ if _one_is_empty(a, b) else compare(a, b, *args, **kwargs)

    return compared


def _check_nonempty(check: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(check)
    def checked(*args: Any, **kwargs: Any) -> None:
        if len(args) >= 2 and _one_is_empty(*args[:2]):
            raise AssertionError("one array is empty and the other is not")
        check(*args, **kwargs)

    return checked


def _one_is_empty(a: Any, b: Any) -> bool:
    # NumPy's own function decides about other types, and about lists that are not arrays.
    try:
        return (np.size(a) == 0) != (np.size(b) == 0)
    except Exception:
        return False
