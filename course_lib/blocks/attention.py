"""Scaled dot-product attention."""

from __future__ import annotations

from typing import Any

from keras import ops


def attention(queries: Any, keys: Any, values: Any, mask: Any = None) -> tuple[Any, Any]:
    """Compute scaled dot-product attention (Vaswani et al. 2017, equation 1), with its weights.

    `keras.layers.MultiHeadAttention` computes several heads of it with trained projections; this
    function is the part without weights, for experiments and figures. A query that may attend to
    nothing gets weights of 0 and an output of 0. Keras attends to all keys evenly instead.

    Args:
        queries: Array or tensor `(…, n, d)`.
        keys: `(…, m, d)`.
        values: `(…, m, v)`.
        mask: Booleans that broadcast to `(…, n, m)`: True where a query may attend to a key.

    Returns:
        `(outputs, weights)`, tensors `(…, n, v)` and `(…, n, m)`; the weights of a query sum to 1.

    Example:
        >>> import numpy as np
        >>> keys = np.eye(3, dtype="float32")
        >>> outputs, weights = attention(keys, keys, keys, mask=np.tril(np.ones((3, 3), bool)))
        >>> np.round(np.array(weights), 2).tolist()[0], tuple(outputs.shape)
        ([1.0, 0.0, 0.0], (3, 3))
    """
    queries, keys, values = (ops.convert_to_tensor(x) for x in (queries, keys, values))
    scores = ops.matmul(queries, ops.swapaxes(keys, -1, -2)) / queries.shape[-1] ** 0.5
    if mask is None:
        weights = ops.softmax(scores)
    else:
        mask = ops.cast(mask, scores.dtype)
        # The mask comes twice: the first makes room in the softmax, the second empties full rows.
        weights = mask * ops.softmax(ops.where(mask > 0, scores, -1e9))
    return ops.matmul(weights, values), weights
