"""The batch size that a model was built for."""

from __future__ import annotations

import keras


def fixed_batch(model: keras.Model) -> int | None:
    """Return the number of examples that a model takes at once, or None if it takes any number.

    Example:
        >>> inputs = keras.Input(batch_shape=(30, 4))
        >>> fixed_batch(keras.Sequential([inputs, keras.layers.Dense(2)]))
        30
    """
    inputs = (getattr(model, "inputs", None) or []) if model.built else []
    return next((one.shape[0] for one in inputs if one.shape and one.shape[0]), None)
