"""The same numbers again."""

from __future__ import annotations

import keras


def reproducible(seed: int = 0) -> None:
    """Make everything from here on come out the same, to the last digit, in every run.

    `keras.utils.set_random_seed` fixes what is drawn: weights, shuffling, dropout. It does not
    fix the order in which many threads, or a GPU, add numbers up, and float sums depend on it.
    This does both; the second (TensorFlow's op determinism) lasts until the program ends, and
    costs speed. Across machines or versions results may still differ in the last digits.

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
