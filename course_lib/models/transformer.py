"""The Transformer."""

from __future__ import annotations

import keras

from course_lib.blocks import (
    TokenEmbedding,
    transformer_decoder_block,
    transformer_encoder_block,
)


def transformer(
    source_size: int,
    target_size: int,
    width: int = 48,
    heads: int = 4,
    hidden: int = 96,
    blocks: int = 1,
    normalise: str = "before",
) -> keras.Model:
    """Build an encoder and a decoder of attention only (Vaswani et al. 2017).

    The paper's base model has `width=512, heads=8, hidden=2048, blocks=6, normalise="after"`. It
    shares one table of embeddings between source, target and output; here each has its own.

    Args:
        source_size: Number of different source tokens; 0 is padding.
        target_size: Number of different target tokens.
        width: Numbers for each token between the blocks, even.
        heads: Heads of each attention.
        hidden: Neurons of the dense layer in each block.
        blocks: Number of blocks in the encoder, and in the decoder.
        normalise: Layer normalisation "before" or "after" each part of a block.

    Returns:
        A model, not compiled. It maps a list of source tokens `(batch, n)` and decoder inputs
        `(batch, m)` to logits `(batch, m, target_size)` of the token that follows each of these.

    Example:
        >>> model = transformer(source_size=20, target_size=15, width=8, heads=2, hidden=16)
        >>> tuple(model([keras.ops.ones((3, 7)), keras.ops.ones((3, 5))]).shape)
        (3, 5, 15)
    """
    source = keras.Input((None,), dtype="int32", name="source")
    inputs = keras.Input((None,), dtype="int32", name="inputs")
    mask = keras.ops.not_equal(source, 0)
    memory = TokenEmbedding(source_size, width)(source)
    for _ in range(blocks):
        memory = transformer_encoder_block(heads, hidden, normalise)(memory, mask)
    y = TokenEmbedding(target_size, width)(inputs)
    if normalise == "before":  # the blocks end with a sum
        memory = keras.layers.LayerNormalization(epsilon=1e-6)(memory)
    for _ in range(blocks):
        y = transformer_decoder_block(heads, hidden, normalise)(y, memory, mask)
    if normalise == "before":
        y = keras.layers.LayerNormalization(epsilon=1e-6)(y)
    return keras.Model([source, inputs], keras.layers.Dense(target_size)(y), name="transformer")
