"""Reviews and newswires as Keras numbers them, and the words to make some up."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np

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


def encode(parts, num_words=None, skip_top=0, maxlen=None, start_char=1, oov_char=2, index_from=3):
    """Return sequences of word ranks as ``keras.datasets.imdb.load_data`` returns them.

    Args:
        parts: pairs of sequences and labels; a sequence is a list of ranks, 1 for the most
            frequent word.
        num_words: words numbered this or higher are left out. Default: the highest number
            (which leaves out the rarest word, as Keras does).
        skip_top: so are words numbered lower than this. Default 0.
        maxlen: sequences of this length or longer are dropped. Default: none.
        start_char: comes before every sequence; None for none. Default 1.
        oov_char: stands for each word that is left out; None for none. Default 2.
        index_from: added to every rank. Default 3.

    Returns:
        For each part ``x``, an object array ``(n,)`` of lists of int, and ``y``.

    Raises:
        ValueError: ``maxlen`` leaves nothing of a part.

    Example:
        >>> ((x, y),) = encode([([[1, 2, 9], [4]], [0, 1])], num_words=10)
        >>> x.tolist(), y.tolist()
        ([[1, 4, 5, 2], [1, 7]], [0, 1])
    """
    start = [] if start_char is None else [start_char]
    parts = [
        ([start + [word + index_from for word in s] for s in x], np.asarray(y)) for x, y in parts
    ]
    if maxlen:
        short = [[i for i, s in enumerate(x) if len(s) < maxlen] for x, _ in parts]
        if not all(short):
            raise ValueError(f"no sequence is shorter than maxlen={maxlen}: make it larger")
        parts = [([x[i] for i in few], y[few]) for (x, y), few in zip(parts, short, strict=True)]
    last = num_words or max(max(s) for x, _ in parts for s in x)
    if oov_char is None:
        parts = [([[w for w in s if skip_top <= w < last] for s in x], y) for x, y in parts]
    else:
        parts = [
            ([[w if skip_top <= w < last else oov_char for w in s] for s in x], y) for x, y in parts
        ]
    return tuple((sequences(x), y) for x, y in parts)


def sequences(lists):
    """Return an object array ``(n,)`` of the lists, also where all have the same length.

    Example:
        >>> sequences([[1, 2], [3, 4]]).shape
        (2,)
    """
    array = np.empty(len(lists), dtype=object)
    array[:] = lists
    return array


def raw(x, name):
    """Return the sequences of a prepared file, if they are ranks as Keras keeps them.

    Raises:
        ValueError: they start with ``start_char``: saved after ``load_data`` and not before.
    """
    if len(x) and all(len(s) and s[0] == 1 for s in x):
        raise ValueError(
            f"every sequence of {name} starts with 1, so they were numbered already; "
            "it should be Keras' own file, as it lies in KERAS_HOME/datasets"
        )
    return x


@lru_cache(maxsize=4)
def made_up_words(n, seed):
    """Return ``n`` different words that mean nothing: the long tail of a vocabulary.

    Example:
        >>> len(set(made_up_words(1000, seed=1)))
        1000
    """
    rng = np.random.default_rng(seed)
    onset = np.array(str.split("b br c d dr f g gl h j k l m n p pr r s st t tr v w"))
    vowel = np.array(str.split("a e i o u ai ea oo"))
    coda = np.array(["", "", "l", "n", "r", "s", "nd", "st", "m"])
    words = {}
    while len(words) < n:
        syllables = [rng.choice(letters, 2 * n) for letters in (onset, vowel, onset, vowel, coda)]
        words.update(dict.fromkeys(map("".join, zip(*syllables, strict=True))))
    return tuple(words)[:n]


def flatten(rows, per_text):
    """Return lists of words out of rows of words, some of them empty.

    Args:
        rows: ``(sentences, words)``, int; -1 where there is no word.
        per_text: ``(n,)``, how many sentences each text has.

    Returns:
        ``n`` lists of int.

    Example:
        >>> flatten(np.array([[1, -1], [2, 3], [4, -1]]), [2, 1])
        [[1, 2, 3], [4]]
    """
    there = rows >= 0
    words = rows[there].tolist()
    ends = np.cumsum(there.sum(1))[np.cumsum(per_text) - 1].tolist()
    return [words[a:b] for a, b in zip([0, *ends], ends, strict=False)]
