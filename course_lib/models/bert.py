"""BERT, a Transformer that fills gaps."""

from __future__ import annotations

import keras

from course_lib.blocks import TiedEmbedding
from course_lib.blocks.transformer_encoder_block import add_part, make_attention
from course_lib.models.gpt import embed_positions


def bert(
    size: int, longest: int, width: int = 64, heads: int = 4, blocks: int = 2
) -> tuple[keras.Model, keras.Model]:
    """Build an encoder, and a model that predicts masked tokens with it (Devlin et al. 2019).

    Every token attends to every other one that is not padding. The two models share their layers:
    pre-train the second one, then build a classifier on the first one. Layers are normalised
    before each part, which trains more easily; the paper's base model has `blocks=12, width=768,
    heads=12`, normalises after each part, and has a second kind of embedding for pairs of texts.

    Args:
        size: Number of different tokens; 0 is padding.
        longest: The largest number of tokens in a sequence.
        width: Numbers for each token between the blocks.
        heads: Heads of each attention.
        blocks: Number of blocks.

    Returns:
        Two models, not compiled, of tokens `(batch, n)`: one returns vectors `(batch, n, width)`,
        the other logits `(batch, n, size)`.

    Example:
        >>> encoder, masked = bert(size=50, longest=16, width=8, heads=2, blocks=1)
        >>> tokens = keras.ops.ones((3, 5), "int32")
        >>> tuple(encoder(tokens).shape), tuple(masked(tokens).shape)
        ((3, 5, 8), (3, 5, 50))
    """
    tokens = keras.Input((None,), dtype="int32")
    mask = keras.ops.expand_dims(keras.ops.not_equal(tokens, 0), 1)
    embedding = TiedEmbedding(size, width)
    x = embedding(tokens) + embed_positions(tokens, longest, width)
    for _ in range(blocks):
        x = _apply_block(x, mask, heads)
    x = keras.layers.LayerNormalization(epsilon=1e-5)(x)
    encoder = keras.Model(tokens, x, name="bert")
    return encoder, keras.Model(tokens, embedding(x, reverse=True), name="masked_language_model")


def _apply_block(x: keras.KerasTensor, mask: keras.KerasTensor, heads: int) -> keras.KerasTensor:
    attend = make_attention(x, heads)
    first = keras.layers.Dense(4 * x.shape[-1], "gelu")
    second = keras.layers.Dense(x.shape[-1])
    x = add_part(x, lambda h: attend(h, h, attention_mask=mask), "before")
    return add_part(x, lambda h: second(first(h)), "before")
