"""A network that writes a sentence about an image."""

from __future__ import annotations

import keras

from course_lib.blocks import GridPositions, TokenEmbedding, transformer_decoder_block


def captioner(
    grid: tuple[int, int],
    channels: int,
    size: int,
    width: int = 64,
    heads: int = 4,
    hidden: int = 128,
    blocks: int = 1,
) -> keras.Model:
    """Build a Transformer decoder that looks at a grid of image features.

    Xu et al. 2015 let a recurrent network look at such a grid; here the decoder is that of Vaswani
    et al. 2017. The image features come from a trained encoder, such as `scene_encoder`.

    Args:
        grid: Rows and columns of the grid.
        channels: Features of each cell.
        size: Number of different tokens; 0 is padding.
        width: Numbers for each token and cell between the blocks, a multiple of 4.
        heads: Heads of each attention.
        hidden: Neurons of the dense layer in each block.
        blocks: Number of decoder blocks.

    Returns:
        A model, not compiled. It maps a list of features `(batch, rows · columns, channels)` and
        decoder inputs `(batch, m)` to logits `(batch, m, size)` of the token that follows each of
        these. `greedy_search` decodes with it.

    Example:
        >>> model = captioner((6, 6), channels=32, size=20, width=8, heads=2, hidden=16)
        >>> tuple(model([keras.ops.ones((3, 36, 32)), keras.ops.ones((3, 5))]).shape)
        (3, 5, 20)
    """
    features = keras.Input((grid[0] * grid[1], channels), name="features")
    inputs = keras.Input((None,), dtype="int32", name="inputs")
    memory = GridPositions(*grid)(keras.layers.Dense(width)(features))
    memory = keras.layers.LayerNormalization(epsilon=1e-6)(memory)
    y = TokenEmbedding(size, width)(inputs)
    for _ in range(blocks):
        y = transformer_decoder_block(heads, hidden)(y, memory)
    y = keras.layers.LayerNormalization(epsilon=1e-6)(y)
    return keras.Model([features, inputs], keras.layers.Dense(size)(y), name="captioner")
