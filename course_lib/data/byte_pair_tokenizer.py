"""A byte-pair tokenizer."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

# Words with the blank before them, numbers and signs likewise, and runs of white space. No token
# crosses such a border (Radford et al. 2019, §2.2).
_PIECES = re.compile(r" ?\w+| ?[^\w\s]+|\s+(?!\S)|\s+")
BYTES = 256


class BytePairTokenizer:
    """Cuts strings into tokens of one or more bytes that often occur together.

    Byte-pair encoding (Sennrich, Haddow & Birch 2016) on bytes, as in GPT-2: tokens 0 to 255 are
    the bytes of UTF-8; each further token joins the most frequent pair of tokens of the training
    text. Every string can be encoded, also with signs that the training text does not have.

    Args:
        text: The training text.
        size: Number of tokens, 256 or more. There are fewer if no pair occurs twice.

    Attributes:
        merges: The joined pairs, `(left, right)`, in the order of their tokens from 256 on.
        lengths: The number of tokens of the training text with 256, 257, … different tokens.

    Raises:
        ValueError: `size` is less than 256.

    Example:
        >>> tokenizer = BytePairTokenizer("low lower lowest", 258)
        >>> tokenizer.merges, tokenizer.encode("slow")
        ([(108, 111), (256, 119)], [115, 257])
        >>> tokenizer.decode(tokenizer.encode("größer 🙂"))
        'größer 🙂'
    """

    def __init__(self, text: str, size: int) -> None:
        if size < BYTES:
            raise ValueError(f"size is {size}; it should be {BYTES} or more, one for each byte.")
        self.merges: list[tuple[int, int]] = []
        self._bytes = [bytes([byte]) for byte in range(BYTES)]
        self._ranks: dict[tuple[int, int], int] = {}
        self._pieces: dict[str, tuple[int, ...]] = {}
        counts = Counter(_PIECES.findall(text))
        words = _Words((list(_to_bytes(piece)), count) for piece, count in counts.items())
        self.lengths = [words.length]
        while len(self) < size and (pair := words.find_best()) is not None:
            words.join(pair, len(self))
            self.lengths.append(words.length)
            self._add_token(pair)

    def __len__(self) -> int:
        return len(self._bytes)

    def _add_token(self, pair: tuple[int, int]) -> None:
        self._ranks[pair] = len(self)
        self.merges.append(pair)
        self._bytes.append(self._bytes[pair[0]] + self._bytes[pair[1]])

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a string."""
        tokens: list[int] = []
        for piece in _PIECES.findall(text):
            if piece not in self._pieces:
                self._pieces[piece] = tuple(self._encode_piece(piece))
            tokens += self._pieces[piece]
        return tokens

    def _encode_piece(self, piece: str) -> list[int]:
        tokens = list(_to_bytes(piece))
        while len(tokens) > 1:
            known = [pair for pair in zip(tokens, tokens[1:], strict=False) if pair in self._ranks]
            if not known:
                break
            earliest = min(known, key=self._ranks.__getitem__)
            join_pair(tokens, earliest, self._ranks[earliest])
        return tokens

    def decode(self, tokens: Iterable[int]) -> str:
        """Return the string of tokens; bytes that are not valid UTF-8 become "\\ufffd"."""
        joined = b"".join(self._bytes[int(token)] for token in tokens)
        try:
            return joined.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return joined.decode("utf-8", "replace")

    def token_strings(self) -> list[str]:
        """Return each token as a string, for figures."""
        return [one.decode("utf-8", "replace") for one in self._bytes]


class _Words:
    """The different words of a text, with counts of their pairs that are kept up to date."""

    def __init__(self, words: Iterable[tuple[list[int], int]]) -> None:
        self._words = list(words)
        self._counts: Counter[tuple[int, int]] = Counter()
        self._places: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self.length = 0  # tokens in the whole text
        for place in range(len(self._words)):
            self._count(place, 1)

    def _count(self, place: int, sign: int) -> None:
        tokens, count = self._words[place]
        self.length += sign * count * len(tokens)
        for pair in zip(tokens, tokens[1:], strict=False):
            self._counts[pair] += sign * count
            self._places[pair].add(place)

    def find_best(self) -> tuple[int, int] | None:
        """Return the most frequent pair, or None if none occurs twice."""
        highest = max(self._counts.values(), default=0)
        # Of equally frequent pairs the smallest one, so that the result depends on the text alone.
        tied = (pair for pair, count in self._counts.items() if count == highest)
        return min(tied) if highest > 1 else None

    def join(self, pair: tuple[int, int], token: int) -> None:
        """Replace a pair by a token in every word that has it."""
        for place in self._places.pop(pair):
            self._count(place, -1)
            join_pair(self._words[place][0], pair, token)
            self._count(place, 1)


def join_pair(tokens: list[int], pair: tuple[int, int], token: int) -> None:
    """Replace a pair by a token, from left to right, in place.

    Args:
        tokens: Token numbers; they are changed.
        pair: Two neighbouring tokens.
        token: The number in place of both.

    Example:
        >>> tokens = [1, 1, 1, 2]
        >>> join_pair(tokens, (1, 1), 9)
        >>> tokens
        [9, 1, 2]
    """
    place = 0
    while place < len(tokens) - 1:
        if (tokens[place], tokens[place + 1]) == pair:
            tokens[place : place + 2] = [token]
        place += 1


def _to_bytes(text: str) -> bytes:
    # A lone surrogate, as in a broken file name, is not valid in UTF-8.
    return text.encode("utf-8", "surrogatepass")
