"""Made-up words: the long tail of a vocabulary."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=4)
def make_words(n: int, seed: int) -> tuple[str, ...]:
    """Return `n` different words without a meaning, always the same for the same seed.

    Example:
        >>> len(set(make_words(1000, seed=1)))
        1000
    """
    rng = np.random.default_rng(seed)
    onset = np.array(str.split("b br c d dr f g gl h j k l m n p pr r s st t tr v w"))
    vowel = np.array(str.split("a e i o u ai ea oo"))
    coda = np.array(["", "", "l", "n", "r", "s", "nd", "st", "m"])
    words: dict[str, None] = {}
    while len(words) < n:
        syllables = [rng.choice(letters, 2 * n) for letters in (onset, vowel, onset, vowel, coda)]
        words.update(dict.fromkeys(map("".join, zip(*syllables, strict=True))))
    return tuple(words)[:n]
