"""GPT, a Transformer that predicts the next token."""

from __future__ import annotations

import keras

from course_lib.blocks import TiedEmbedding, causal_block


def gpt(size: int, longest: int, width: int = 128, heads: int = 4, blocks: int = 4) -> keras.Model:
    """Build a language model (Radford et al. 2019).

    Embeddings of tokens and of positions are added; causal blocks follow, then a layer
    normalisation; the output layer is the table of token embeddings again. GPT-2 has
    `gpt(50257, 1024, width=768, heads=12, blocks=12)`: 124,439,808 weights.

    Args:
        size: Number of different tokens.
        longest: The largest number of tokens in a sequence.
        width: Numbers for each token between the blocks.
        heads: Heads of each attention.
        blocks: Number of blocks.

    Returns:
        A model, not compiled: tokens `(batch, n)` to logits `(batch, n, size)` of the token that
        follows each of them.

    Example:
        >>> model = gpt(size=50, longest=16, width=8, heads=2, blocks=1)
        >>> tuple(model(keras.ops.zeros((3, 5), "int32")).shape), model.count_params()
        ((3, 5, 50), 1416)
    """
    tokens = keras.Input((None,), dtype="int32")
    embedding = TiedEmbedding(size, width)
    x = embedding(tokens) + embed_positions(tokens, longest, width)
    for _ in range(blocks):
        x = causal_block(heads, 4 * width)(x)
    x = keras.layers.LayerNormalization(epsilon=1e-5)(x)
    return keras.Model(tokens, embedding(x, reverse=True), name="gpt")


def embed_positions(tokens: keras.KerasTensor, longest: int, width: int) -> keras.KerasTensor:
    """Return trained embeddings of the positions 0, 1, …, `(batch, n, width)`."""
    # A sum of ones, because the number of tokens is not known before the model is called.
    positions = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    normal = keras.initializers.RandomNormal(stddev=0.02)
    return keras.layers.Embedding(longest, width, embeddings_initializer=normal)(positions)
