"""An encoder and a decoder that are recurrent networks."""

from __future__ import annotations

import keras


def seq2seq(source_size: int, target_size: int, units: int = 64, width: int = 32) -> keras.Model:
    """Build a pair of LSTMs (Sutskever, Vinyals & Le 2014).

    The encoder reads the source. Its last state, `2 · units` numbers, is all that the decoder
    learns about it, however long the source is.

    Args:
        source_size: Number of different source tokens; 0 is padding.
        target_size: Number of different target tokens.
        units: Units of each LSTM.
        width: Numbers for each token.

    Returns:
        A model, not compiled. It maps a list of source tokens `(batch, n)` and decoder inputs
        `(batch, m)` to logits `(batch, m, target_size)` of the token that follows each of these.

    Example:
        >>> model = seq2seq(source_size=20, target_size=15, units=8)
        >>> tuple(model([keras.ops.ones((3, 7)), keras.ops.ones((3, 5))]).shape)
        (3, 5, 15)
    """
    source = keras.Input((None,), dtype="int32", name="source")
    inputs = keras.Input((None,), dtype="int32", name="inputs")
    x = keras.layers.Embedding(source_size, width, mask_zero=True)(source)
    _, *state = keras.layers.LSTM(units, return_state=True)(x)
    y = keras.layers.Embedding(target_size, width)(inputs)
    y = keras.layers.LSTM(units, return_sequences=True)(y, initial_state=state)
    return keras.Model([source, inputs], keras.layers.Dense(target_size)(y), name="seq2seq")
