"""Comparisons with a threshold that stands between two measured distributions."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib.testing.comparison import Comparison, record


def at_least(value: Any, threshold: float, name: str, *, sd: float, hint: str = "") -> None:
    """Assert that a measured value is not below a threshold.

    Choose a threshold that is at least 4 standard deviations from the values of right answers and
    from the values of the mistakes that it has to detect, both measured over at least 30 seeds.
    If no threshold fits, test another property.

    Args:
        value: A number, or an array of one element.
        threshold: The lowest value that passes.
        name: What was measured, as the sentence begins: "The accuracy on new images".
        sd: The standard deviation of the values of right answers. A mark that was decided within
            2 of them is reported to the instructor.
        hint: The likely cause, as a sentence; added to the message.

    Raises:
        AssertionError: The value is lower, or NaN, or not one number.

    Example:
        >>> at_least(0.93, 0.9, "The accuracy on new images", sd=0.005)
        >>> at_least(0.5, 0.9, "The accuracy on new images", sd=0.005, hint="Did you train?")
        Traceback (most recent call last):
        AssertionError: The accuracy on new images is 0.5; expected at least 0.9. Did you train?
    """
    number = _read_number(value, name)
    record(Comparison(name, number, threshold, sd))
    if not number >= threshold:
        _fail(f"{name} is {number:.4g}; expected at least {threshold:.4g}.", hint)


def at_most(value: Any, threshold: float, name: str, *, sd: float, hint: str = "") -> None:
    """Assert that a measured value is not above a threshold.

    Args:
        value: A number, or an array of one element.
        threshold: The highest value that passes; choose it as for `at_least`.
        name: What was measured, as the sentence begins: "The loss on new images".
        sd: The standard deviation of the values of right answers.
        hint: The likely cause, as a sentence; added to the message.

    Raises:
        AssertionError: The value is higher, or NaN, or not one number.

    Example:
        >>> at_most(0.2, 0.3, "The loss on new images", sd=0.01)
    """
    number = _read_number(value, name)
    record(Comparison(name, number, threshold, sd))
    if not number <= threshold:
        _fail(f"{name} is {number:.4g}; expected at most {threshold:.4g}.", hint)


def _read_number(value: Any, name: str) -> float:
    try:
        return float(np.asarray(value, dtype=float).reshape(()))
    except (TypeError, ValueError):
        raise AssertionError(f"{name} is {value!r}; expected one number.") from None


def _fail(fact: str, hint: str) -> None:
    raise AssertionError(f"{fact} {hint}".rstrip())
