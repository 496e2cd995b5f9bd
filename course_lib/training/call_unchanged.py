"""A call of a model that leaves no trace in it."""

from __future__ import annotations

from typing import Any

import keras


def call_unchanged(model: keras.Model, x: Any, training: bool = False) -> Any:
    """Return the outputs of a model, which keeps its state: of an RNN, of its random numbers, ….

    A model that is not built is built by the call.

    Args:
        model: A Keras model.
        x: Inputs, as the model takes them.
        training: Whether layers such as dropout act as in training.

    Example:
        >>> import numpy as np
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.BatchNormalization()])
        >>> outputs = call_unchanged(model, np.ones((2, 4)), training=True)
        >>> float(model.layers[0].moving_mean[0])
        0.0
    """
    if not model.built:
        return model(x, training=training)
    with keras.StatelessScope():
        return model(x, training=training)
