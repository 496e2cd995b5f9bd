"""From arrays to batches, the same way in every lab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.check_counts import check_counts


def pipeline(
    x: np.ndarray,
    y: np.ndarray | None = None,
    batch_size: int = 32,
    shuffle: bool = False,
    seed: int = 0,
    map: Callable[..., Any] | None = None,
    cache: bool = False,
) -> Any:
    """Return a `tf.data.Dataset` that yields batches of `x`, or of `(x, y)`.

    Args:
        x: Array `(n, …)`.
        y: Array `(n, …)`. Default: none.
        batch_size: Examples in a batch; the last batch may be smaller.
        shuffle: Whether every epoch has a new order of all examples.
        seed: Seed of the order. The same seed (and the same `keras.utils.set_random_seed`)
            reproduces the orders.
        map: Function of a batch, `map(x)` or `map(x, y)`, that returns its replacement: scaling,
            augmentation. It gets whole batches, as Keras' layers do. Default: none.
        cache: Whether the results of `map` are kept after the first epoch. This suits a slow
            `map` that always returns the same; it is wrong for augmentation.

    Returns:
        A `tf.data.Dataset` for `course_lib.training.fit`, or for `model.fit` with `shuffle=False`
        (otherwise Keras warns on stderr that it will not shuffle it again).

    Raises:
        TypeError: `x` is not an array.
        ValueError: `x` and `y` differ in length, `x` holds sequences of different lengths, or
            `batch_size` is below 1.

    Example:
        >>> import numpy as np
        >>> batches = pipeline(np.arange(5), batch_size=2, map=lambda x: 10 * x)
        >>> [batch.numpy().tolist() for batch in batches]
        [[0, 10], [20, 30], [40]]
    """
    check_counts(batch_size=batch_size)
    if not hasattr(x, "__len__") or isinstance(x, dict | str):
        raise TypeError(f"x is {type(x).__name__}; it should be an array (n, …)")
    if _make_array(x).dtype == object:
        raise ValueError(
            "x holds sequences of different lengths: x = keras.utils.pad_sequences(x, maxlen=…)"
        )
    if y is not None and len(x) != len(y):
        raise ValueError(f"x has {len(x)} examples and y {len(y)}; both need the same number")

    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices(x if y is None else (x, y))
    if cache and map is not None:
        data = data.batch(batch_size).map(map).unbatch()
    if cache:
        data = data.cache()
    if shuffle:
        data = data.shuffle(len(x), seed=seed)
    data = data.batch(batch_size)
    # Batch after batch: in parallel, chance would decide which batch gets which random numbers.
    # `prefetch` overlaps this with the training step all the same.
    if map is not None and not cache:
        data = data.map(map)
    return data.prefetch(tf.data.AUTOTUNE)


def _make_array(x: Any) -> np.ndarray:
    try:
        return np.asarray(x)
    except ValueError:  # of different lengths
        return np.asarray(x, dtype=object)
