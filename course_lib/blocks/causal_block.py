"""The block of a language model."""

from __future__ import annotations

from collections.abc import Callable

import keras

from course_lib.blocks.transformer_encoder_block import add_part, make_attention


def causal_block(
    heads: int, hidden: int, activation: str = "gelu"
) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    """Make a decoder block without an encoder: causal self-attention, then two dense layers.

    Each of the two parts has a shortcut, and a layer normalisation of its input (Radford et al.
    2019, "Language models are unsupervised multitask learners", §2.3). Position t attends to
    positions up to t.

    Args:
        heads: Number of heads; their width is the width of the input divided by it.
        hidden: Neurons of the first dense layer; GPT-2 has four times the width.
        activation: Activation of the first dense layer; GPT-2 and BERT have GELU.

    Returns:
        A function `(x)` of a symbolic tensor `(batch, n, width)` that returns its shape.

    Raises:
        ValueError: The width is not a multiple of `heads`.

    Example:
        >>> causal_block(heads=2, hidden=32)(keras.Input((None, 8))).shape
        (None, None, 8)
    """

    def apply(x: keras.KerasTensor) -> keras.KerasTensor:
        attend = make_attention(x, heads)
        first = keras.layers.Dense(hidden, activation)
        second = keras.layers.Dense(x.shape[-1])
        x = add_part(x, lambda h: attend(h, h, use_causal_mask=True), "before")
        return add_part(x, lambda h: second(first(h)), "before")

    return apply
