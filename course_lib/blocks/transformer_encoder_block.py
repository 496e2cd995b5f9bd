"""The encoder block of a Transformer."""

from __future__ import annotations

from collections.abc import Callable

import keras

NORMALISE = ("before", "after")


def transformer_encoder_block(
    heads: int, hidden: int, normalise: str = "before"
) -> Callable[..., keras.KerasTensor]:
    """Make an encoder block: self-attention, then two dense layers for each position.

    Each of the two has a shortcut and a layer normalisation. In the paper the sum is normalised
    (Vaswani et al. 2017, §3.1); later networks normalise the input of each part instead, which
    trains without a long warm-up (Xiong et al. 2020).

    Args:
        heads: Number of heads; their width is the width of the input divided by it.
        hidden: Neurons of the first dense layer.
        normalise: "before" or "after" each part.

    Returns:
        A function `(x, mask=None)` of symbolic tensors: `x` `(batch, n, width)`, and booleans
        `mask` `(batch, n)`, True for tokens that may be attended to. It returns `x`'s shape.

    Raises:
        ValueError: `normalise` is something else, or the width is not a multiple of `heads`.

    Example:
        >>> x, mask = keras.Input((None, 8)), keras.Input((None,), dtype="bool")
        >>> transformer_encoder_block(heads=2, hidden=16)(x, mask).shape
        (None, None, 8)
    """

    def apply(x: keras.KerasTensor, mask: keras.KerasTensor = None) -> keras.KerasTensor:
        mask = None if mask is None else keras.ops.expand_dims(mask, 1)
        attend = make_attention(x, heads)
        x = add_part(x, lambda h: attend(h, h, attention_mask=mask), normalise)
        return add_part(x, feed_forward(x, hidden), normalise)

    return apply


def make_attention(x: keras.KerasTensor, heads: int) -> keras.layers.MultiHeadAttention:
    """Make the attention layer for vectors of the width of `x`."""
    width = x.shape[-1]
    if width % heads:
        raise ValueError(f"The width {width} is not a multiple of heads={heads}.")
    return keras.layers.MultiHeadAttention(heads, width // heads)


def feed_forward(
    x: keras.KerasTensor, hidden: int
) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    """Make the two dense layers, with a ReLU between them."""
    first = keras.layers.Dense(hidden, activation="relu")
    second = keras.layers.Dense(x.shape[-1])
    return lambda h: second(first(h))


def add_part(
    x: keras.KerasTensor,
    part: Callable[[keras.KerasTensor], keras.KerasTensor],
    normalise: str,
) -> keras.KerasTensor:
    """Add what a part computes to its input, with a layer normalisation before or after."""
    if normalise not in NORMALISE:
        raise ValueError(f'normalise={normalise!r}: write "before" or "after".')
    norm = keras.layers.LayerNormalization(epsilon=1e-6)
    return x + part(norm(x)) if normalise == "before" else norm(x + part(x))
