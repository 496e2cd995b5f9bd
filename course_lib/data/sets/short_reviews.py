"""Short reviews in which order decides: "the acting was not good but bad".

The data set exists only as synthetic data, whatever the source. Its lesson: *a bag of words cannot
read "not".* Each review names two opposite adjectives, and only the one that does not follow "not"
counts. Each adjective is as often right as wrong, so every classifier that sees which words occur,
and not their order, is no better than guessing.

A review is a row of 24 word numbers. Number 0 stands for no word and fills the row up at its end;
`WORDS[number]` is the word. Labels: 0 negative, 1 positive.
"""

from __future__ import annotations

import numpy as np

from course_lib.data.sets.imdb import ASPECTS, NEGATIVE, POSITIVE
from course_lib.data.sources.dataset import Dataset, Examples, Split
from course_lib.data.synthetic.common_words import COMMON_WORDS
from course_lib.data.synthetic.draw_ranks import draw_ranks
from course_lib.data.synthetic.zipf import zipf

LENGTH = 24
GLUE = ("the", "was", "not", "but", "and")
FILLER = tuple(dict.fromkeys(w for w in COMMON_WORDS if w not in {*GLUE, *ASPECTS}))
ADJECTIVES = 12  # of each kind
WORDS = ("", *GLUE, *ASPECTS, *POSITIVE[:ADJECTIVES], *NEGATIVE[:ADJECTIVES], *FILLER)
FILLED = 8  # the most words before the opinion, and after it


def _generate(train: int, test: int, rng: np.random.Generator) -> Split:
    return _write(train, rng), _write(test, rng)


def _write(n: int, rng: np.random.Generator) -> Examples:
    y = rng.permutation(np.arange(n) % 2)
    kinds = [_choose(NEGATIVE[:ADJECTIVES], n, rng), _choose(POSITIVE[:ADJECTIVES], n, rng)]
    right, wrong = np.where(y == 1, kinds[::-1], kinds)
    the, was, negation, but, and_ = (np.full(n, WORDS.index(word)) for word in GLUE)
    opinions = np.where(
        rng.random(n) < 0.5,
        [the, _choose(ASPECTS, n, rng), was, negation, wrong, but, right],
        [the, _choose(ASPECTS, n, rng), was, right, and_, negation, wrong],
    ).T
    before, after = rng.integers(0, FILLED, (2, n), endpoint=True)
    shares = zipf(len(FILLER), 1.0)
    filler = draw_ranks(shares / shares.sum(), (n, 2 * FILLED), rng) - 1
    filler += len(WORDS) - len(FILLER)
    x = np.zeros((n, LENGTH), "int32")
    for row, own, first, last, opinion in zip(x, filler, before, after, opinions, strict=True):
        words = np.concatenate([own[:first], opinion, own[FILLED : FILLED + last]])
        row[: len(words)] = words
    return x, y


def _choose(words: tuple[str, ...] | list[str], n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the numbers of `n` random words of a list."""
    return rng.choice([WORDS.index(word) for word in words], n)


def read(review: np.ndarray) -> str:
    """Return a review as text.

    Args:
        review: Word numbers, `(24,)` or any other length.

    Example:
        >>> read([1, 6, 2, 3, 26, 0, 0])
        'the film was not good'
    """
    return " ".join(WORDS[number] for number in review if number)


DATASET = Dataset(
    name="short_reviews",
    page="course_lib/data/sets/short_reviews.py",
    made_of="synthetic reviews",
    shape=(LENGTH,),
    dtype="int32",
    label_dtype="int64",
    class_names=("negative", "positive"),
    sizes={"quick": (2000, 1000), "full": (8000, 2000)},
    generate=_generate,
    salt=24,
)
