"""A group of Keras layers with branches."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import keras


class BranchingBlock:
    """A recipe for layers with branches, for Functional models only.

    Every use, `block(x)`, makes new layers with their own weights. Branches cannot be written as a
    list of layers, so a `BranchingBlock` cannot be unpacked into `keras.Sequential`.

    Args:
        apply: Function of a symbolic tensor `(batch, …)` that applies new layers to it.
        name: Name of the block when it is printed.

    Example:
        >>> import keras
        >>> from course_lib.blocks import residual_block
        >>> residual_block(8)
        residual_block(8) (it has branches: write x = residual_block(8)(x) in a Functional model)
        >>> residual_block(8)(keras.Input((4, 4, 8))).shape
        (None, 4, 4, 8)
    """

    def __init__(self, apply: Callable[[keras.KerasTensor], keras.KerasTensor], name: str) -> None:
        self._apply = apply
        self._name = name

    def __call__(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Apply new layers to `x`, and return their output."""
        return self._apply(x)

    def __iter__(self) -> Iterator[keras.Layer]:
        raise TypeError(repr(self))

    def __repr__(self) -> str:
        # Keras prints this if the block stands in keras.Sequential([..., block]).
        name = self._name
        return f"{name} (it has branches: write x = {name}(x) in a Functional model)"
