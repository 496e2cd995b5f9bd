"""Reviews and newswires as Keras numbers them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from course_lib.data.sources.dataset import Examples

OPTIONS: Mapping[str, object] = MappingProxyType(
    {
        "num_words": None,
        "skip_top": 0,
        "maxlen": None,
        "start_char": 1,
        "oov_char": 2,
        "index_from": 3,
    }
)


def encode_texts(
    sets: Iterable[tuple[Iterable[Sequence[int]], ArrayLike]],
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> tuple[Examples, ...]:
    """Number the words of texts as `keras.datasets.imdb.load_data` does.

    Args:
        sets: Pairs of texts and labels; a text is a list of ranks, 1 for the most frequent word.
        num_words: Words with this number or a higher one are left out. Default: the highest
            number that occurs, so that the rarest word is left out, as in Keras.
        skip_top: Words with a lower number than this are left out, too.
        maxlen: Texts of this length or longer are dropped. Default: none.
        start_char: Precedes every text; None for nothing.
        oov_char: Replaces each word that is left out; None for nothing.
        index_from: Added to every rank.

    Returns:
        For each set `x`, an object array `(n,)` of lists of int, and `y`.

    Raises:
        ValueError: `maxlen` drops every text of a set.

    Example:
        >>> ((x, y),) = encode_texts([([[1, 2, 9], [4]], [0, 1])], num_words=10)
        >>> x.tolist(), y.tolist()
        ([[1, 4, 5, 2], [1, 7]], [0, 1])
    """
    start = [] if start_char is None else [start_char]
    encoded = [
        ([start + [rank + index_from for rank in text] for text in texts], np.asarray(y))
        for texts, y in sets
    ]
    if maxlen:
        encoded = [_drop_long_texts(texts, y, maxlen) for texts, y in encoded]
    limit = num_words or max(max(text) for texts, _ in encoded for text in texts)

    def replace(text: list[int]) -> list[int]:
        if oov_char is None:
            return [word for word in text if skip_top <= word < limit]
        return [word if skip_top <= word < limit else oov_char for word in text]

    return tuple((_as_object_array([replace(text) for text in x]), y) for x, y in encoded)


def _drop_long_texts(
    texts: list[list[int]], y: np.ndarray, maxlen: int
) -> tuple[list[list[int]], np.ndarray]:
    short = [index for index, text in enumerate(texts) if len(text) < maxlen]
    if not short:
        raise ValueError(f"no sequence is shorter than maxlen={maxlen}: make it larger")
    return [texts[index] for index in short], y[short]


def _as_object_array(lists: list[list[int]]) -> np.ndarray:
    """Return an object array `(n,)` of the lists, even if all have the same length."""
    array = np.empty(len(lists), dtype=object)
    array[:] = lists
    return array
