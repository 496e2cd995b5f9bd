"""From arrays to batches, the same way in every lab."""

from __future__ import annotations


def pipeline(x, y=None, batch_size=32, shuffle=False, seed=0, map=None, cache=False):
    """Return a ``tf.data.Dataset`` that gives batches of ``x``, or of ``(x, y)``."""
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices(x if y is None else (x, y))
    if shuffle:
        data = data.shuffle(len(x), seed=seed)
    data = data.batch(batch_size)
    if map is not None:
        data = data.map(map)
    if cache:
        data = data.cache()
    return data.prefetch(tf.data.AUTOTUNE)
