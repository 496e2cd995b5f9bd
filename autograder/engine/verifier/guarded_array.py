"""A student's arrays with which a comparison would say nothing: without numbers, or with NaN.

Arithmetic with an empty array gives an empty array, and all of its elements are as close to the
right ones as one likes. NaN is not greater than any limit. In both cases a test that computes an
error passes although no right number was given. Such arrays therefore end the comparison.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

_ORDER = {np.greater, np.greater_equal, np.less, np.less_equal}
# What these return is about the array, or false where one side is empty.
_ABOUT = {
    np.allclose,
    np.array2string,
    np.array_equal,
    np.array_equiv,
    np.array_repr,
    np.array_str,
    np.isclose,
    np.ndim,
    np.shape,
    np.size,
}


def guard_array(array: np.ndarray, is_part: bool = False) -> np.ndarray:
    """A student's array as a test may use it.

    Args:
        array: an array that came from the student's kernel.
        is_part: whether something else is made of it, such as a model of its weights.

    Returns:
        The array; half precision becomes double, since NumPy rounds Python's numbers to the
        precision of the array that they are compared with. Empty arrays and those with NaN are
        guarded.
    """
    is_float = array.dtype.kind == "f"
    if is_float and (array.itemsize == 2 or (array.itemsize == 4 and np.isinf(array).any())):
        array = array.astype(np.float64)
    if array.ndim and not is_part and (array.size == 0 or (is_float and np.isnan(array).any())):
        return array.view(GuardedArray)
    return array


class GuardedArray(np.ndarray):
    """An array that raises where a comparison, or a sum of errors, would say nothing.

    It may be compared with another empty array, and asked for its shape and its elements.
    """

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        plain = [_unguard(value) for value in inputs]
        if "out" in options:
            options["out"] = tuple(map(_unguard, options["out"]))
        if method == "__call__":
            others = [
                value
                for value, given in zip(plain, inputs, strict=True)
                if np.ndim(value) and not isinstance(given, GuardedArray)
            ]
            _check_inputs(ufunc, plain, others)
            result = ufunc(*plain, **options)
            # Beside another empty array it was right to be empty.
            return result if others and np.size(result) == 0 else _guard(result)
        result = getattr(ufunc, method)(*plain, **options)
        _check_result(plain[0], result)
        return _guard(result)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if func in _ABOUT:
            return func(*map(_unguard, args), **kwargs)
        result = super().__array_function__(func, types, args, kwargs)
        if isinstance(result, (float, int, np.generic)):
            _check_result(_unguard(self), result)
        return result

    def __repr__(self) -> str:
        return repr(_unguard(self))

    def __contains__(self, value: object) -> bool:
        return bool(self.size) and value in _unguard(self)


def _unguard(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, GuardedArray) else value


def _guard(result: Any) -> Any:
    return guard_array(result) if type(result) is np.ndarray else result


def _check_inputs(ufunc: Any, inputs: list[Any], others: list[Any]) -> None:
    arrays = [value for value in inputs if type(value) is np.ndarray]
    if any(array.size == 0 for array in arrays) and any(np.size(other) for other in others):
        raise AssertionError(_describe_empty(next(array for array in arrays if array.size == 0)))
    if ufunc in _ORDER and any(_has_nan(array) for array in arrays):
        raise AssertionError("the array contains NaN, which is neither greater nor less")


def _check_result(array: Any, result: Any) -> None:
    if np.size(array) == 0 and np.size(result):
        raise AssertionError(_describe_empty(array))
    if _has_nan(array) and np.ndim(result) == 0 and _has_nan(np.asarray(result)):
        raise AssertionError("the array contains NaN, and so does what is computed of it")


def _has_nan(array: Any) -> bool:
    return array.dtype.kind == "f" and bool(np.isnan(array).any())


def _describe_empty(array: np.ndarray) -> str:
    return f"the array is empty (shape {array.shape}); there is nothing to compare"


def keep_guards() -> None:
    """Have this process keep the guard of an array when it becomes another array or a tensor."""
    for name in ("array", "asarray"):
        setattr(np, name, _keep_guard(getattr(np, name)))
    tf = sys.modules.get("tensorflow")
    for name in ("constant", "convert_to_tensor") if tf is not None else ():
        setattr(tf, name, _refuse_empty(getattr(tf, name)))


def _keep_guard(make: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(make)
    def kept(*args: Any, **options: Any) -> Any:
        made = make(*args, **options)
        return _guard(made) if args and isinstance(args[0], GuardedArray) else made

    return kept


def _refuse_empty(make: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(make)
    def made(value: Any, *args: Any, **options: Any) -> Any:
        if isinstance(value, GuardedArray) and value.size == 0:
            raise AssertionError(_describe_empty(value))
        return make(_unguard(value), *args, **options)

    return made
