"""A group of Keras layers under one name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import keras


class Block:
    """A recipe for a few Keras layers, for Sequential and for Functional models.

    A block does not hold layers, it makes them: every use, `*block` or `block(x)`, makes new
    layers with their own weights. The model contains plain Keras layers, so that
    `model.summary()` shows them and the saved model loads without course_lib.

    Args:
        make_layers: Function without arguments that returns a new list of `keras.Layer`s, in
            the order in which they are applied.
        name: Name of the block when it is printed.

    Example:
        >>> import keras
        >>> from course_lib.blocks import Block
        >>> pair = Block(lambda: [keras.layers.Flatten(), keras.layers.Dense(3)], name="pair")
        >>> model = keras.Sequential([keras.Input((2, 2)), *pair])      # note the star
        >>> model.count_params()
        15
        >>> inputs = keras.Input((2, 2))
        >>> keras.Model(inputs, pair(inputs)).count_params()
        15
    """

    def __init__(self, make_layers: Callable[[], list[keras.Layer]], name: str = "block") -> None:
        self._make_layers = make_layers
        self._name = name

    def __iter__(self) -> Iterator[keras.Layer]:
        return iter(self._make_layers())

    def __call__(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Apply new layers to `x`, a symbolic tensor `(batch, …)`, and return their output."""
        for layer in self:
            x = layer(x)
        return x

    def __repr__(self) -> str:
        # Keras prints this if the star is missing in keras.Sequential([..., block]).
        return f"{self._name} (several layers: write *{self._name} inside keras.Sequential([...]))"
