"""Layers one behind the other, as a model of either API."""

from __future__ import annotations

import keras


def chained(inputs, layers, api: str, name: str) -> keras.Model:
    """Return a model that applies `layers` in turn.

    Args:
        inputs: `keras.Input` of what goes in.
        layers: Keras layers, each used once.
        api: "sequential" or "functional": the class that is built; what it computes is the same.
        name: of the function that was asked for the model; its errors say so.

    Raises:
        ValueError: `api` is neither of the two.

    Example:
        >>> chained(keras.Input((8,)), [keras.layers.Dense(4)], "functional", "mlp").output_shape
        (None, 4)
    """
    if api == "sequential":
        return keras.Sequential([inputs, *layers])
    if api == "functional":
        x = inputs
        for layer in layers:
            x = layer(x)
        return keras.Model(inputs, x)
    raise ValueError(f'api={api!r}: {name} knows "sequential" and "functional".')
