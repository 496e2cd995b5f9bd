"""From arrays to batches, the same way in every lab."""

from __future__ import annotations

import numpy as np


def pipeline(x, y=None, batch_size=32, shuffle=False, seed=0, map=None, cache=False):
    """Return a ``tf.data.Dataset`` that gives batches of ``x``, or of ``(x, y)``.

    Args:
        x: array ``(n, …)``.
        y: array ``(n, …)``. Default: none.
        batch_size: examples in a batch; the last one may be smaller. Default 32.
        shuffle: whether every epoch has another order, drawn from all examples. Default: not.
        seed: what the order is drawn from. The same seed (and the same
            ``keras.utils.set_random_seed``) gives the same orders again. Default 0.
        map: function of a batch, ``map(x)`` or ``map(x, y)``, that returns what takes its place:
            scaling, augmentation. It sees whole batches, as Keras' layers do. Default: none.
        cache: whether what ``map`` returns is kept from the first epoch on. Right for slow maps
            that always return the same, wrong for augmentation. Default: not.

    Returns:
        ``tf.data.Dataset``, ready for ``course_lib.training.fit``, or for ``model.fit`` with
        ``shuffle=False`` (otherwise Keras warns, on stderr, that it will not shuffle it again).

    Raises:
        ValueError: ``x`` and ``y`` differ in length, ``x`` holds sequences of different length,
            or ``batch_size`` is below 1.

    Example:
        >>> import numpy as np
        >>> batches = pipeline(np.arange(5), batch_size=2, map=lambda x: 10 * x)
        >>> [batch.numpy().tolist() for batch in batches]
        [[0, 10], [20, 30], [40]]
    """
    if np.asarray(x).dtype == object:
        raise ValueError(
            "x holds sequences of different length: x = keras.utils.pad_sequences(x, maxlen=…)"
        )
    if y is not None and len(x) != len(y):
        raise ValueError(f"x has {len(x)} examples and y {len(y)}; they should have as many")
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; it should be 1 or more")

    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices(x if y is None else (x, y))
    if cache and map is not None:
        data = data.batch(batch_size).map(map).unbatch()
    if cache:
        data = data.cache()
    if shuffle:
        data = data.shuffle(len(x), seed=seed)
    data = data.batch(batch_size)
    # One batch after the other: in parallel it would be chance which batch gets which random
    # numbers. It overlaps with the training step all the same, through prefetch.
    if map is not None and not cache:
        data = data.map(map)
    return data.prefetch(tf.data.AUTOTUNE)
