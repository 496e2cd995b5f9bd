"""Opinions: short remarks about films, "the plot was clever and the acting was not bad".

The set exists only as synthetic data, whatever the source. Its lesson: *text without labels teaches
which words mean the same.* The parts of a remark agree, so a model that fills gaps finds two kinds
of adjectives, and what "not" does. With few labels, a model that starts from nothing has seen most
adjectives once or never.

A remark is a row of 17 word numbers. Number 0 stands for no word and fills the row up at its end;
`WORDS[number]` is the word. Labels: 0 negative, 1 positive.
"""

from __future__ import annotations

import numpy as np

from course_lib.data.sets.imdb import ASPECTS, NEGATIVE, POSITIVE
from course_lib.data.sources.dataset import Dataset, Examples, Split

PARTS = 3  # of a remark
LENGTH = 6 * PARTS - 1  # words, at most
NEGATED = 0.2  # share of the parts with "not"
GLUE = ("the", "was", "not", "and")
WORDS = ("", *GLUE, *ASPECTS, *POSITIVE, *NEGATIVE)


def _generate(train: int, test: int, rng: np.random.Generator) -> Split:
    return _write(train, rng), _write(test, rng)


def _write(n: int, rng: np.random.Generator) -> Examples:
    y = rng.permutation(np.arange(n) % 2)
    the, was, negation, and_ = (WORDS.index(word) for word in GLUE)
    aspects, *kinds = (
        np.array([WORDS.index(word) for word in words]) for words in (ASPECTS, NEGATIVE, POSITIVE)
    )
    x = np.zeros((n, LENGTH), "int32")
    for row, label in zip(x, y, strict=True):
        words: list[int] = []
        about = rng.permutation(aspects)[:PARTS]
        for aspect, is_negated in zip(about, rng.random(PARTS) < NEGATED, strict=True):
            adjective = rng.choice(kinds[label ^ int(is_negated)])
            words += [and_] * bool(words) + [the, aspect, was]
            words += [negation] * bool(is_negated) + [adjective]
        row[: len(words)] = words
    return x, y


def read(remark: np.ndarray) -> str:
    """Return a remark as text.

    Args:
        remark: Word numbers, `(17,)` or any other length.

    Example:
        >>> read([1, 5, 2, 3, 26, 0, 0])
        'the film was not great'
    """
    return " ".join(WORDS[number] for number in remark if number)


DATASET = Dataset(
    name="opinions",
    page="course_lib/data/sets/opinions.py",
    made_of="synthetic remarks",
    shape=(LENGTH,),
    dtype="int32",
    label_dtype="int64",
    class_names=("negative", "positive"),
    sizes={"quick": (8000, 1000), "full": (20000, 2000)},
    generate=_generate,
    salt=17,
)
