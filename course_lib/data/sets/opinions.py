"""Opinions: short remarks about films, "clever plot and superb music and not dull acting".

The set exists only as synthetic data, whatever the source. Its lesson: *text without labels teaches
which words mean the same.* The parts of a remark agree, so a model that fills gaps finds two kinds
of adjectives, and what "not" does. With few labels, a model that starts from nothing has seen most
adjectives once or never.

A remark is a row of 11 word numbers. Number 0 stands for no word and fills the row up at its end;
`WORDS[number]` is the word. Labels: 0 negative, 1 positive.
"""

from __future__ import annotations

import numpy as np

from course_lib.data.sets.imdb import ASPECTS, NEGATIVE, POSITIVE
from course_lib.data.sources.dataset import Dataset, Examples, Split

GOOD = (
    *POSITIVE,
    *str.split(
        """
        absorbing accomplished acclaimed admirable adorable affecting ambitious artful
        assured astonishing balanced bold breezy bright captivating cheerful classy coherent
        compelling convincing crisp daring dazzling deft dynamic earnest elegant endearing
        energetic engaging enchanting epic exciting exquisite fascinating flawless focused
        generous gentle glorious gorgeous heartfelt imaginative immersive ingenious
        intelligent intense intimate inventive irresistible joyful likeable lively lyrical
        mesmerising nuanced original playful poetic polished refreshing
        """
    ),
)
BAD = (
    *NEGATIVE,
    *str.split(
        """
        abysmal aimless amateurish appalling arrogant artless banal baffling bloated botched
        brainless careless chaotic childish cliched cold contrived crude cynical dated
        derivative dismal dry embarrassing exhausting false feeble flimsy foolish forced
        frustrating generic grating gloomy heavy humourless implausible incoherent inept
        insipid irritating joyless laboured lifeless loud mediocre mindless monotonous
        muddled murky noisy obvious offensive overlong pompous preachy pretentious
        repetitive rushed shabby sluggish
        """
    ),
)
PARTS = 3  # of a remark
LENGTH = 4 * PARTS - 1  # words, at most
NEGATED = 0.1  # share of the parts with "not"
GLUE = ("not", "and")
WORDS = ("", *GLUE, *ASPECTS, *GOOD, *BAD)


def _generate(train: int, test: int, rng: np.random.Generator) -> Split:
    return _write(train, rng), _write(test, rng)


def _write(n: int, rng: np.random.Generator) -> Examples:
    y = rng.permutation(np.arange(n) % 2)
    negation, and_ = (WORDS.index(word) for word in GLUE)
    aspects, *kinds = (
        np.array([WORDS.index(word) for word in words]) for words in (ASPECTS, BAD, GOOD)
    )
    x = np.zeros((n, LENGTH), "int32")
    for row, label in zip(x, y, strict=True):
        words: list[int] = []
        about = rng.permutation(aspects)[:PARTS]
        for aspect, is_negated in zip(about, rng.random(PARTS) < NEGATED, strict=True):
            adjective = rng.choice(kinds[label ^ int(is_negated)])
            words += [and_] * bool(words) + [negation] * bool(is_negated) + [adjective, aspect]
        row[: len(words)] = words
    return x, y


def read(remark: np.ndarray) -> str:
    """Return a remark as text.

    Args:
        remark: Word numbers, `(11,)` or any other length.

    Example:
        >>> read([1, 24, 3, 0])
        'not great film'
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
