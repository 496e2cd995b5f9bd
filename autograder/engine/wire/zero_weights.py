"""Rebuilds layers without the work of their initializers: their weights are replaced anyway."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import keras

# Objects without values may have some weights, too: to make so many takes no time.
_ALWAYS = 100_000


@contextlib.contextmanager
def zero_weights(most: int) -> Iterator[None]:
    """Let layers begin with zeros, and refuse more weights than there are values for.

    An initializer's work is not bounded: Keras' `Orthogonal` decomposes a matrix of any size in
    one call, which no signal interrupts.

    Args:
        most: The number of values for all weights together.

    Raises:
        ValueError: The layers have more weights.
    """
    add_weight = keras.layers.Layer.add_weight
    left = most + _ALWAYS

    def add_zeros(self: keras.layers.Layer, *args: Any, **kwargs: Any) -> Any:
        nonlocal left
        shape = args[0] if args else kwargs.get("shape")
        sizes = tuple(shape) if isinstance(shape, (list, tuple)) else (shape or 1,)
        if not all(isinstance(size, int) for size in sizes):
            raise ValueError(f"a weight of shape {str(shape)[:100]}")
        left -= math.prod(sizes)
        if left < 0:
            raise ValueError("the layers have more weights than there are values")
        if len(args) > 1:
            return add_weight(self, args[0], "zeros", *args[2:], **kwargs)
        return add_weight(self, *args, **{**kwargs, "initializer": "zeros"})

    keras.layers.Layer.add_weight = add_zeros
    try:
        yield
    finally:
        keras.layers.Layer.add_weight = add_weight
