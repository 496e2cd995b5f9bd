"""Reuters: newswires as lists of word numbers, each about one of 46 topics.

The stand-in carries the lesson of many classes of very different size: *accuracy has to be read
against the largest class: always saying "earn" is right in a third of the cases; a bag of words
is right in most, and wrong where topics are mixed or rare.*

It is made up: a newswire draws its words from what all have in common, from its topic's own, and
from those of a neighbouring topic. Topics are as frequent as in the real set.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

import numpy as np

from course_lib.data.dataset import GOOGLE, Dataset, KerasFile
from course_lib.data.imdb import CHATTER
from course_lib.data.text import OPTIONS, encode, flatten, made_up_words, raw

# The labels as keras.datasets.reuters.get_label_names has them, and about how many of a thousand
# newswires each has.
TOPICS = {
    "cocoa": 6,
    "grain": 48,
    "veg-oil": 8,
    "earn": 352,
    "acq": 217,
    "wheat": 2,
    "copper": 5,
    "housing": 2,
    "money-supply": 15,
    "coffee": 11,
    "sugar": 14,
    "trade": 43,
    "reserves": 5,
    "ship": 19,
    "cotton": 3,
    "carcass": 2,
    "crude": 49,
    "nat-gas": 4,
    "cpi": 7,
    "money-fx": 61,
    "interest": 30,
    "gnp": 11,
    "meal-feed": 2,
    "alum": 5,
    "oilseed": 7,
    "gold": 10,
    "tin": 3,
    "strategic-metal": 2,
    "livestock": 5,
    "retail": 2,
    "ipi": 5,
    "iron-steel": 4,
    "rubber": 4,
    "heat": 2,
    "jobs": 6,
    "lei": 2,
    "bop": 5,
    "zinc": 2,
    "orange": 2,
    "pet-chem": 3,
    "dlr": 4,
    "gas": 3,
    "silver": 2,
    "wpi": 2,
    "hog": 2,
    "lead": 2,
}
NEWS = str.split(
    """
    said dlrs mln pct vs year company bank shares billion market net stock new corp inc loss
    share trade prices government cts quarter sales oil april march group last week japan
    exchange tonnes
    """
)
WORDS = 6000
OWN = 12  # words of a topic's own
LENGTH = (20, 160)  # words in a newswire, at least and at most
ABOUT = 0.14  # share of its words that are its topic's
BESIDE = 0.12  # and that are a neighbour's


@lru_cache(maxsize=1)
def _vocabulary():
    """Return the words by rank, the common ones' shares, and each topic's words, ``(46, OWN)``."""
    named = {word for topic in TOPICS for word in topic.split("-")}
    common = dict.fromkeys(CHATTER[:60] + NEWS + CHATTER[60:])
    common = [word for word in common if word not in named]
    tail = iter([w for w in made_up_words(WORDS, seed=46) if w not in {*common, *named}])
    own = [[*names, *islice(tail, OWN - len(names))] for names in (t.split("-") for t in TOPICS)]
    # A topic's words are less frequent than the common ones, and more than the rest.
    special = list(dict.fromkeys(word for words in own for word in words))
    words = common + special + list(islice(tail, WORDS - len(common) - len(special)))
    share = (np.arange(len(words)) + 3.7) ** -1.1
    share[len(common) : len(common) + len(special)] = 0
    rank = {word: rank for rank, word in enumerate(words, start=1)}
    own = np.array([[rank[word] for word in words] for words in own])
    return tuple(words), share / share.sum(), own


def word_ranks() -> dict[str, int]:
    """Return the stand-in's words with their ranks, as ``keras.datasets.reuters.get_word_index``.

    Example:
        >>> word_ranks()["the"]
        1
    """
    return {word: rank for rank, word in enumerate(_vocabulary()[0], start=1)}


def stand_in(train, test, seed=0, **options):
    """Return ``train`` and ``test`` newswires.

    Args:
        train: number of training newswires.
        test: number of test newswires.
        seed: integer, 0 or larger.
        **options: see ``course_lib.data.text.encode``.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: ``x`` an object array ``(n,)`` of lists of int,
        ``y`` int64 ``(n,)``.

    Example:
        >>> (x_train, y_train), _ = stand_in(100, 50)
        >>> x_train.shape, len(set(y_train.tolist()))
        ((100,), 46)
    """
    rng = np.random.default_rng([seed, 46])
    return encode([_newswires(n, rng) for n in (train, test)], **options)


def _newswires(n, rng):
    words, share, own = _vocabulary()
    often = np.array(list(TOPICS.values())) / sum(TOPICS.values())
    # Each topic at least once, where there is room, so that no label is missing.
    y = np.concatenate([np.arange(len(TOPICS)), rng.choice(len(TOPICS), n, p=often)])[:n]
    y = rng.permutation(y)
    beside = (y + rng.choice([-2, -1, 1, 2], n)) % len(TOPICS)
    place = (n, LENGTH[1])
    rows = 1 + np.minimum(np.searchsorted(np.cumsum(share), rng.random(place)), len(words) - 1)
    kind = rng.random(place)
    word = rng.integers(0, OWN, place)
    rows = np.where(kind < ABOUT + BESIDE, own[beside[:, None], word], rows)
    rows = np.where(kind < ABOUT, own[y[:, None], word], rows)
    length = rng.integers(*LENGTH, (n, 1), endpoint=True)
    return flatten(np.where(np.arange(LENGTH[1]) < length, rows, -1), np.ones(n, int)), y


def unpack(arrays, **options):
    """Return the four arrays out of Keras' own ``reuters.npz``, split and numbered as Keras does.

    A file that has ``x_train`` … instead of ``x`` and ``y`` is numbered and not split.
    """
    if "x" not in arrays:
        train, test = (
            (raw(arrays[f"x_{p}"], f"x_{p}"), arrays[f"y_{p}"]) for p in ("train", "test")
        )
        return encode((train, test), **options)
    order = np.arange(len(arrays["x"]))
    np.random.RandomState(113).shuffle(order)
    ((x, y),) = encode([(raw(arrays["x"], "x")[order], arrays["y"][order])], **options)
    train = int(len(x) * (1 - 0.2))
    return (x[:train], y[:train]), (x[train:], y[train:])


DATASET = Dataset(
    name="reuters",
    page="https://keras.io/api/datasets/reuters/",
    example=None,
    dtype="object",
    labels="int64",
    classes=tuple(TOPICS),
    sizes={"quick": (4000, 1000), "full": (8982, 2246)},
    stand_in=stand_in,
    made_of="made-up newswires",
    options=OPTIONS,
    unpack=unpack,
    files=(
        KerasFile(
            "reuters.npz",
            GOOGLE + "reuters.npz",
            "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
        ),
    ),
)
