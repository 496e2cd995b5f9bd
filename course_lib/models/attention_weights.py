"""The attention weights of a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
import numpy as np


def attention_weights(model: keras.Model, inputs: Any) -> list[np.ndarray]:
    """Return the weights of every `keras.layers.MultiHeadAttention` in a model.

    Models compute these weights and do not return them. This function calls the model once and
    records them on the way.

    Args:
        model: Any Keras model; nested models are searched, too.
        inputs: As for `model(inputs)`.

    Returns:
        An array `(batch, heads, n, m)` for each use of such a layer, in the order of the
        computation: in a Transformer the blocks of the encoder, then for each block of the
        decoder its self-attention and its attention to the encoder.

    Raises:
        ValueError: The model has no such layer.

    Example:
        >>> from course_lib.models import transformer
        >>> model = transformer(20, 15, width=8, heads=2, hidden=16)
        >>> ones = keras.ops.ones
        >>> [w.shape for w in attention_weights(model, [ones((1, 7)), ones((1, 5))])]
        [(1, 2, 7, 7), (1, 2, 5, 5), (1, 2, 5, 7)]
    """
    layers = [
        layer
        for layer in model._flatten_layers()
        if isinstance(layer, keras.layers.MultiHeadAttention)
    ]
    if not layers:
        raise ValueError("The model has no keras.layers.MultiHeadAttention.")
    found: list[np.ndarray] = []
    with ExitStack() as contexts:
        for layer in layers:
            contexts.enter_context(_recorded(layer, found))
        model(inputs)
    return found


@contextmanager
def _recorded(layer: keras.layers.MultiHeadAttention, found: list[np.ndarray]) -> Iterator[None]:
    """Append the weights of each call of a layer to a list."""
    original = layer.call

    def call(*args: Any, **settings: Any) -> Any:
        outputs, weights = original(*args, **{**settings, "return_attention_scores": True})
        found.append(keras.ops.convert_to_numpy(weights))
        return outputs

    object.__setattr__(layer, "call", call)
    try:
        yield
    finally:
        object.__delattr__(layer, "call")
