"""Trainings that give the same numbers again."""

from __future__ import annotations

import keras


def reproducible(seed: int = 0) -> None:
    """Make all following computations reproducible to the last digit.

    `keras.utils.set_random_seed` fixes random numbers: weights, shuffling, dropout. It does not
    fix the order in which several threads, or a GPU, sum numbers, and float sums depend on it.
    This function fixes both. The second (TensorFlow's op determinism) lasts until the program
    ends, and costs speed. Between machines or versions, results can still differ in the last
    digits.

    Args:
        seed: Integer in [0, 2³²).

    Example:
        >>> import keras
        >>> reproducible(1)                              # doctest: +SKIP
        >>> first = keras.random.uniform((3,))           # doctest: +SKIP
        >>> reproducible(1)                              # doctest: +SKIP
        >>> bool(keras.ops.all(first == keras.random.uniform((3,))))    # doctest: +SKIP
        True
    """
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
