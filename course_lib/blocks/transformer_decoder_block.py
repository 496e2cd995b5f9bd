"""The decoder block of a Transformer."""

from __future__ import annotations

from collections.abc import Callable

import keras

from course_lib.blocks.transformer_encoder_block import add_part, feed_forward, make_attention


def transformer_decoder_block(
    heads: int, hidden: int, normalise: str = "before"
) -> Callable[..., keras.KerasTensor]:
    """Make a decoder block: causal self-attention, attention to the encoder, two dense layers.

    No output depends on later inputs: position t attends to positions up to t (Vaswani et al.
    2017, §3.1). Shortcuts and layer normalisation are those of `transformer_encoder_block`.

    Args:
        heads: Number of heads; their width is the width of the input divided by it.
        hidden: Neurons of the first dense layer.
        normalise: "before" or "after" each part.

    Returns:
        A function `(y, memory, mask=None)` of symbolic tensors: `y` `(batch, m, width)`; `memory`
        `(batch, n, width)`, the output of the encoder; and booleans `mask` `(batch, n)`, True for
        tokens that may be attended to. It returns `(batch, m, width)`.

    Raises:
        ValueError: `normalise` is something else, or the width is not a multiple of `heads`.

    Example:
        >>> y, memory = keras.Input((None, 8)), keras.Input((5, 8))
        >>> transformer_decoder_block(heads=2, hidden=16)(y, memory).shape
        (None, None, 8)
    """

    def apply(
        y: keras.KerasTensor, memory: keras.KerasTensor, mask: keras.KerasTensor = None
    ) -> keras.KerasTensor:
        mask = None if mask is None else keras.ops.expand_dims(mask, 1)
        own, other = make_attention(y, heads), make_attention(y, heads)
        y = add_part(y, lambda h: own(h, h, use_causal_mask=True), normalise)
        y = add_part(y, lambda h: other(h, memory, attention_mask=mask), normalise)
        return add_part(y, feed_forward(y, hidden), normalise)

    return apply
