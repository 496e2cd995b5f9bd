"""Do four arrays have the form that the data set should have?"""

from __future__ import annotations

import numpy as np

from course_lib.data.dataset import Dataset


def check(dataset: Dataset, split):
    """Return ``split`` with the set's dtypes and label shape, or say what is wrong with it.

    Args:
        dataset: the set that it should be.
        split: ``(x_train, y_train), (x_test, y_test)``, anything that numpy takes.

    Returns:
        The same as numpy arrays; labels in the set's own integer dtype, ``(n,)`` or ``(n, 1)``.

    Raises:
        ValueError: names the array, what it is and what it should be.

    Example:
        >>> from course_lib.data.shapes import DATASET
        >>> part = np.zeros((2, 28, 28), "uint8"), np.array([0, 3])
        >>> check(DATASET, (part, part))
        Traceback (most recent call last):
        ...
        ValueError: y_train has the label 3; labels go from 0 to 2
    """
    return tuple(
        _part(dataset, x, y, part) for part, (x, y) in zip(("train", "test"), split, strict=True)
    )


def _part(dataset, x, y, part):
    x, y = np.asarray(x), np.asarray(y)
    if len(x) != len(y) or not len(x):
        raise ValueError(
            f"x_{part} has {len(x)} examples and y_{part} {len(y)}; they should have as many, "
            "and at least one"
        )
    if dataset.example is None:
        _sequences(x, f"x_{part}")
    else:
        x = _examples(dataset, x, f"x_{part}")
    return x, _labels(dataset, y, f"y_{part}")


def _sequences(x, name):
    wrong = next((s for s in x if not isinstance(s, (list, tuple, np.ndarray)) or not len(s)), None)
    if x.ndim != 1 or wrong is not None:
        raise ValueError(
            f"{name} should be a sequence of lists of word numbers, none of them empty"
        )


def _examples(dataset, x, name):
    if x.shape[1:] != dataset.example:
        should = ", ".join(map(str, ("n", *dataset.example)))
        raise ValueError(f"{name} has the shape {x.shape}; it should be ({should})")
    if dataset.classes is None:
        if not np.issubdtype(x.dtype, np.number) or not np.isfinite(x).all():
            raise ValueError(f"{name} should hold finite numbers; its dtype is {x.dtype}")
        return x.astype(dataset.dtype, copy=False)
    # Images in [0, 1] would otherwise be taken for black ones.
    if x.dtype != dataset.dtype:
        raise ValueError(
            f"{name} has the dtype {x.dtype}; pixels should be {dataset.dtype}, 0 to 255"
        )
    return x


def _labels(dataset, y, name):
    if y.shape not in ((len(y),), (len(y), 1)):
        raise ValueError(f"{name} has the shape {y.shape}; it should be (n,) or (n, 1)")
    if dataset.classes is None:
        if not np.issubdtype(y.dtype, np.number) or not np.isfinite(y).all():
            raise ValueError(f"{name} should hold finite numbers; its dtype is {y.dtype}")
    elif not np.issubdtype(y.dtype, np.integer):
        raise ValueError(f"{name} has the dtype {y.dtype}; labels should be integers")
    else:
        outside = y[(y < 0) | (y >= len(dataset.classes))]
        if len(outside):
            raise ValueError(
                f"{name} has the label {outside[0]}; labels go from 0 to {len(dataset.classes) - 1}"
            )
    return y.reshape((-1, 1) if dataset.column else -1).astype(dataset.labels, copy=False)
