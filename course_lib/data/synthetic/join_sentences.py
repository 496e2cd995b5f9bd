"""Texts out of sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def join_sentences(sentences: np.ndarray, per_text: Sequence[int] | np.ndarray) -> list[list[int]]:
    """Join sentences into texts.

    Args:
        sentences: Integers `(sentences, words)`; -1 where there is no word.
        per_text: Integers `(n,)`: the number of sentences in each text.

    Returns:
        A list of n texts, each a list of int.

    Example:
        >>> join_sentences(np.array([[1, -1], [2, 3], [4, -1]]), [2, 1])
        [[1, 2, 3], [4]]
    """
    is_word = sentences >= 0
    words = sentences[is_word].tolist()
    ends = np.cumsum(is_word.sum(1))[np.cumsum(per_text) - 1].tolist()
    return [words[a:b] for a, b in zip([0, *ends], ends, strict=False)]
