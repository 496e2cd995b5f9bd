"""Greedy decoding: the most probable token at each step."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


def greedy_search(
    model: keras.Model, source: Any, length: int, start: int = 1, end: int = 2
) -> np.ndarray:
    """Decode with the most probable token at each step.

    Args:
        model: Maps source tokens `(batch, n)` and decoder inputs `(batch, m)`, in a list, to logits
            `(batch, m, size)`; an output must not depend on later decoder inputs.
        source: Source tokens `(batch, n)`.
        length: The largest number of tokens to decode.
        start: The first decoder input.
        end: The token after which a sequence is finished.

    Returns:
        Tokens `(batch, length)`, int32, with the end token and 0 after it.

    Example:
        >>> from course_lib.models import transformer
        >>> model = transformer(20, 15, width=8, heads=2, hidden=16)
        >>> greedy_search(model, np.ones((3, 7), "int32"), length=5).shape
        (3, 5)
    """
    source = np.asarray(source)
    # All inputs have the same length, so that TensorFlow compiles the model once.
    tokens = np.zeros((len(source), length + 1), "int32")
    tokens[:, 0] = start
    is_running = np.ones(len(source), bool)
    for place in range(length):
        logits = model.predict_on_batch([source, tokens[:, :-1]])
        tokens[:, place + 1] = np.where(is_running, np.asarray(logits)[:, place].argmax(-1), 0)
        is_running &= tokens[:, place + 1] != end
        if not is_running.any():
            break
    return tokens[:, 1:]
