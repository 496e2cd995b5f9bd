"""A vocabulary of characters or words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike


class Vocabulary:
    """Numbers the tokens of strings, for models that read and write sequences.

    0 is padding, 1 the start, 2 the end, 3 an unknown token; the tokens of the strings follow, the
    most frequent first. `keras.layers.TextVectorization` numbers tokens inside a model; this class
    also has a start, an end and the way back.

    Args:
        texts: Strings whose tokens become the vocabulary.
        split: Splits a string into tokens: `list` into characters, `str.split` into words.
        most: The largest number of different tokens, the four special ones included; None for all.

    Attributes:
        tokens: All tokens, in the order of their numbers.

    Example:
        >>> vocabulary = Vocabulary(["abba", "ab"])
        >>> vocabulary.encode(["abc", "b"]).tolist()
        [[4, 5, 3], [5, 0, 0]]
        >>> vocabulary.encode(["ab"], length=5, ends=True).tolist()
        [[1, 4, 5, 2, 0]]
        >>> vocabulary.decode([[1, 4, 5, 2, 0]])
        ['ab']
    """

    SPECIAL = ("", "<start>", "<end>", "<unknown>")

    def __init__(
        self,
        texts: Iterable[str],
        split: Callable[[str], list[str]] = list,
        most: int | None = None,
    ) -> None:
        counts = Counter(token for text in texts for token in split(str(text)))
        ranked = sorted(counts, key=lambda token: (-counts[token], token))
        room = None if most is None else max(0, most - len(self.SPECIAL))
        self.tokens = [*self.SPECIAL, *ranked[:room]]
        self._split = split
        self._numbers = {token: number for number, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(
        self, texts: Iterable[str], length: int | None = None, ends: bool = False
    ) -> np.ndarray:
        """Return token numbers `(n, length)`, int32, with 0 after the end of each string.

        Args:
            texts: n strings.
            length: Tokens in a row; the longest string decides if it is None. Longer strings are
                cut off.
            ends: Put a start before each string and an end after it.
        """
        rows = [[self._numbers.get(token, 3) for token in self._split(str(t))] for t in texts]
        rows = [[1, *row, 2] for row in rows] if ends else rows
        length = max(map(len, rows), default=0) if length is None else length
        numbers = np.zeros((len(rows), length), "int32")
        for place, row in enumerate(rows):
            numbers[place, : len(row)] = row[:length]
        return numbers

    def decode(self, numbers: ArrayLike) -> list[str]:
        """Return a string for each row of numbers `(n, length)`, up to its end token."""
        joint = "" if self._split is list else " "
        strings = []
        for row in np.asarray(numbers).tolist():
            row = row[: row.index(2)] if 2 in row else row
            strings.append(
                joint.join(self.tokens[number] for number in row if number not in (0, 1))
            )
        return strings
