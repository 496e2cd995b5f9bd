"""A chain of layers, as a model of either API of Keras."""

from __future__ import annotations

from collections.abc import Iterable

import keras


def chain_layers(
    inputs: keras.KerasTensor, layers: Iterable[keras.Layer], api: str, name: str
) -> keras.Model:
    """Build a model that applies layers in turn.

    Args:
        inputs: `keras.Input` of the model.
        layers: Keras layers, each used once.
        api: "sequential" or "functional": the class of the model; both compute the same.
        name: Name of the function that was called, for the error message.

    Raises:
        ValueError: `api` is something else.

    Example:
        >>> layers = [keras.layers.Dense(4)]
        >>> chain_layers(keras.Input((8,)), layers, "functional", "mlp").output_shape
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
