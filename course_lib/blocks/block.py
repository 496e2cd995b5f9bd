"""The one thing that all building blocks are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import keras


class Block:
    """A recipe for a few Keras layers that goes into a Sequential and into a Functional model.

    A block holds no layers, it makes them: every use, `*block` or `block(x)`, gives new layers
    with weights of their own. What ends up in the model are plain Keras layers, so that
    `model.summary()` shows them and the saved model loads wherever Keras does.

    Args:
        make_layers: Function without arguments that returns a new list of `keras.Layer`s, in
            the order in which they are applied.
        name: What the block is called when it is printed.

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

    def __init__(self, make_layers: Callable[[], list[keras.Layer]], name: str = "block"):
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
        # Keras prints this when the star was forgotten in keras.Sequential([..., block]).
        return f"{self._name} (several layers: write *{self._name} inside keras.Sequential([...]))"
