"""Whether four arrays have the form of their data set."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib.data.sources.dataset import Dataset, Examples, Split


def check_split(dataset: Dataset, split: Any) -> Split:
    """Return a split with the dtypes and label shape of its data set, or say what is wrong.

    Args:
        dataset: The data set.
        split: `(x_train, y_train), (x_test, y_test)`, anything that NumPy takes.

    Returns:
        The same as NumPy arrays; labels in the dtype of the set, `(n,)` or `(n, 1)`.

    Raises:
        ValueError: Names the array, what it is and what it should be.

    Example:
        >>> from course_lib.data.sets.shapes import DATASET
        >>> pair = np.zeros((2, 28, 28), "uint8"), np.array([0, 3])
        >>> check_split(DATASET, (pair, pair))
        Traceback (most recent call last):
        ...
        ValueError: y_train has the label 3; labels go from 0 to 2
    """
    (x_train, y_train), (x_test, y_test) = split
    return (
        _check_examples(dataset, x_train, y_train, "train"),
        _check_examples(dataset, x_test, y_test, "test"),
    )


def _check_examples(dataset: Dataset, x: Any, y: Any, part: str) -> Examples:
    x, y = np.asarray(x), np.asarray(y)
    if len(x) != len(y) or not len(x):
        raise ValueError(
            f"x_{part} has {len(x)} examples and y_{part} {len(y)}; "
            "both need the same number, at least one"
        )
    if dataset.shape == ():
        return (
            _check_strings(dataset.dtype, x, f"x_{part}"),
            _check_strings(dataset.label_dtype, y, f"y_{part}"),
        )
    if dataset.shape is None:
        _check_texts(x, f"x_{part}")
    else:
        x = _check_arrays(dataset, x, f"x_{part}")
    return x, _check_labels(dataset, y, f"y_{part}")


def _check_strings(dtype: str, values: np.ndarray, name: str) -> np.ndarray:
    if values.ndim != 1 or not all(isinstance(value, str) for value in values.tolist()):
        raise ValueError(f"{name} should hold strings only, one for each example")
    return values.astype(dtype, copy=False)


def _check_texts(x: np.ndarray, name: str) -> None:
    wrong = next((s for s in x if not isinstance(s, (list, tuple, np.ndarray)) or not len(s)), None)
    if x.ndim != 1 or wrong is not None:
        raise ValueError(f"{name} should be a sequence of non-empty lists of word numbers")


def _check_arrays(dataset: Dataset, x: np.ndarray, name: str) -> np.ndarray:
    if x.shape[1:] != dataset.shape:
        expected = ", ".join(map(str, ("n", *(dataset.shape or ()))))
        raise ValueError(f"{name} has the shape {x.shape}; it should be ({expected})")
    if dataset.class_names is None:
        _check_finite(x, name)
        return x.astype(dataset.dtype, copy=False)
    # Images in [0, 1] would otherwise pass as black ones.
    if x.dtype != dataset.dtype:
        raise ValueError(
            f"{name} has the dtype {x.dtype}; pixels should be {dataset.dtype}, 0 to 255"
        )
    return x


def _check_labels(dataset: Dataset, y: np.ndarray, name: str) -> np.ndarray:
    if y.shape not in ((len(y),), (len(y), 1)):
        raise ValueError(f"{name} has the shape {y.shape}; it should be (n,) or (n, 1)")
    if dataset.class_names is None:
        _check_finite(y, name)
    elif not np.issubdtype(y.dtype, np.integer):
        raise ValueError(f"{name} has the dtype {y.dtype}; labels should be integers")
    else:
        largest = len(dataset.class_names) - 1
        outside = y[(y < 0) | (y > largest)]
        if len(outside):
            raise ValueError(f"{name} has the label {outside[0]}; labels go from 0 to {largest}")
    return dataset.format_labels(y)


def _check_finite(values: np.ndarray, name: str) -> None:
    if not np.issubdtype(values.dtype, np.number) or not np.isfinite(values).all():
        raise ValueError(f"{name} should hold finite numbers; its dtype is {values.dtype}")
