"""A comparison of numbers that looks at the right value first and then explains a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from course_lib.testing.comparison import Comparison, record

_MAX_SHOWN = 6
# A mistake is named only if its value differs from the right one by this many tolerances.
_CLEARLY = 10


def near(
    given: Any,
    wanted: Any,
    name: str,
    *,
    rtol: float = 1e-4,
    atol: float = 1e-5,
    mistakes: Mapping[str, Any] | None = None,
) -> None:
    """Assert that numbers are right, up to the rounding of float32, and explain a mistake.

    The right value is compared first; only then the mistakes. A mistake is named only if its value
    clearly differs from the right one, so that a hint is never a guess.

    Args:
        given: What the student's code returned: a number, list, array or tensor.
        wanted: The right value, of the same shape; a number stands for any shape of one element.
        name: The expression that returned it, as students write it: "`softmax([1, 2])`".
        rtol: The relative tolerance.
        atol: The absolute tolerance, for values near 0.
        mistakes: For each known mistake a hint (a question: "Did you forget the bias?") and the
            value that the mistake returns, in the order in which they are tried.

    Raises:
        AssertionError: It is None, has another shape, is not numeric, or differs.

    Example:
        >>> near([0.5, 1.5], [0.5, 1.5], "`neuron(x)`")
        >>> near(0.5, 1.5, "`neuron(x)`", mistakes={"Did you forget the bias?": 0.5})
        Traceback (most recent call last):
        AssertionError: `neuron(x)` returned 0.5; expected 1.5. Did you forget the bias?
    """
    if given is None:
        raise AssertionError(f"{name} returned None. Did you forget `return`?")
    right = np.asarray(wanted, dtype=float)
    values = _read_numbers(given, right.shape, name)
    worst = _measure_error(values, right, rtol, atol)
    record(Comparison(name, worst, 1.0))
    if worst <= 1:
        return
    fact = f"{name} returned {_show(values)}; expected {_show(right)}."
    if _show(values) == _show(right):
        fact += _show_first_difference(values, right, rtol, atol)
    hint = _find_mistake(values, right, mistakes or {}, rtol, atol)
    raise AssertionError(f"{fact} {hint}".rstrip())


def _read_numbers(given: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    try:
        values = np.asarray(given)
        # NumPy makes numbers of booleans and of strings of digits; a reader does not.
        if values.dtype.kind in "bSU":
            raise TypeError
        values = values.astype(float)
    except (TypeError, ValueError):
        kind = type(given).__name__
        raise AssertionError(f"{name} returned a {kind}; expected numbers.") from None
    if values.shape == shape:
        return values
    if shape == () and values.size == 1:
        return values.reshape(())
    raise AssertionError(
        f"{name} returned {_name_shape(values.shape)}; expected {_name_shape(shape)}."
    )


def _name_shape(shape: tuple[int, ...]) -> str:
    return f"an array of shape {shape}" if shape else "one number"


def _measure_error(values: np.ndarray, right: np.ndarray, rtol: float, atol: float) -> float:
    """Return the largest error in units of the tolerance; infinite where one of them is NaN."""
    same = values == right  # inf - inf is NaN, so equal infinities are compared here
    with np.errstate(invalid="ignore", over="ignore"):
        errors = np.abs(values - right) / (atol + rtol * np.abs(right))
    errors = np.where(same, 0.0, np.where(np.isnan(errors), np.inf, errors))
    return float(errors.max(initial=0.0))


def _show_first_difference(values: np.ndarray, right: np.ndarray, rtol: float, atol: float) -> str:
    """Say where arrays differ whose first numbers are printed alike."""
    for place in np.ndindex(*right.shape):
        if _measure_error(values[place], right[place], rtol, atol) > 1:
            index = ", ".join(map(str, place))
            return f" At [{index}] it is {values[place]:.8g}; expected {right[place]:.8g}."
    return ""


def _find_mistake(
    values: np.ndarray, right: np.ndarray, mistakes: Mapping[str, Any], rtol: float, atol: float
) -> str:
    for hint, mistaken in mistakes.items():
        wrong = np.asarray(mistaken, dtype=float)
        if wrong.shape != right.shape and wrong.size != 1:
            continue
        wrong = np.broadcast_to(wrong, right.shape)
        is_clear = _measure_error(wrong, right, rtol, atol) > _CLEARLY
        if is_clear and _measure_error(values, wrong, rtol, atol) <= 1:
            return hint
    return ""


def _show(values: np.ndarray) -> str:
    flat = [float(f"{value:.6g}") for value in values.ravel()[:_MAX_SHOWN]]
    if values.ndim == 0:
        return f"{flat[0]:g}"
    shown = ", ".join(f"{value:g}" for value in flat)
    return f"[{shown}{', …' if values.size > _MAX_SHOWN else ''}]"
