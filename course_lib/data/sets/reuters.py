"""Reuters: newswires as lists of word numbers, each about one of 46 topics.

The stand-in teaches the lesson of many classes of very different sizes: *compare the accuracy with
the share of the largest class: always answering "earn" is right for a third of the newswires; a
bag of words is right for most, and wrong where topics are mixed or rare.*

It is synthetic: a newswire takes its words from those common to all, from those of its topic, and
from those of a neighbouring topic. Topics are as frequent as in the real set.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np

from course_lib.data.sources.check_ranks import check_ranks
from course_lib.data.sources.dataset import Split
from course_lib.data.sources.encode_texts import encode_texts
from course_lib.data.sources.text_dataset import Texts, text_dataset
from course_lib.data.synthetic.common_words import COMMON_WORDS
from course_lib.data.synthetic.draw_ranks import draw_ranks
from course_lib.data.synthetic.join_sentences import join_sentences
from course_lib.data.synthetic.make_words import make_words
from course_lib.data.synthetic.zipf import zipf

# The labels of keras.datasets.reuters.get_label_names, and about how many of a thousand newswires
# have each of them.
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
TEST_SPLIT = 0.2  # the default of Keras
WORDS = 6000
TOPIC_WORDS = 12  # words that belong to one topic
LENGTH = (20, 160)  # the fewest and the most words in a newswire
OWN_TOPIC = 0.14  # share of its words that belong to its topic
NEIGHBOUR = 0.12  # share of its words that belong to a neighbouring topic


@lru_cache(maxsize=1)
def _make_vocabulary() -> tuple[dict[str, int], np.ndarray, np.ndarray]:
    """Return the words with their ranks, their frequencies, and each topic's ranks `(46, 12)`."""
    names = {word for topic in TOPICS for word in topic.split("-")}
    common = [
        word
        for word in dict.fromkeys(COMMON_WORDS[:60] + NEWS + COMMON_WORDS[60:])
        if word not in names
    ]
    made_up = iter([w for w in make_words(WORDS, seed=46) if w not in {*common, *names}])
    by_topic = []
    for topic in TOPICS:
        own = topic.split("-")
        by_topic.append([*own, *islice(made_up, TOPIC_WORDS - len(own))])
    # The words of a topic are less frequent than the common ones, and more than the others.
    special = list(dict.fromkeys(word for words in by_topic for word in words))
    ordered = common + special + list(islice(made_up, WORDS - len(common) - len(special)))
    frequencies = zipf(len(ordered), 1.1)
    frequencies[len(common) : len(common) + len(special)] = 0
    ranks = {word: rank for rank, word in enumerate(ordered, start=1)}
    topic_ranks = np.array([[ranks[word] for word in words] for words in by_topic])
    return ranks, frequencies / frequencies.sum(), topic_ranks


def _word_ranks() -> dict[str, int]:
    return dict(_make_vocabulary()[0])


def _write_newswires(n: int, rng: np.random.Generator) -> Texts:
    _, frequencies, topic_ranks = _make_vocabulary()
    shares = np.array(list(TOPICS.values())) / sum(TOPICS.values())
    # Each topic at least once if there is room, so that no label is missing.
    y = np.concatenate([np.arange(len(TOPICS)), rng.choice(len(TOPICS), n, p=shares)])[:n]
    y = rng.permutation(y)
    neighbour = (y + rng.choice([-2, -1, 1, 2], n)) % len(TOPICS)
    shape = (n, LENGTH[1])
    words = draw_ranks(frequencies, shape, rng)
    kind = rng.random(shape)
    place = rng.integers(0, TOPIC_WORDS, shape)
    words = np.where(kind < OWN_TOPIC + NEIGHBOUR, topic_ranks[neighbour[:, None], place], words)
    words = np.where(kind < OWN_TOPIC, topic_ranks[y[:, None], place], words)
    length = rng.integers(*LENGTH, (n, 1), endpoint=True)
    one_each = np.ones(n, int)
    return join_sentences(np.where(np.arange(LENGTH[1]) < length, words, -1), one_each), y


def _unpack(
    arrays: Mapping[str, np.ndarray], test_split: float = TEST_SPLIT, **options: Any
) -> Split:
    """Return the four arrays from Keras' own `reuters.npz`, split and numbered as Keras does.

    The texts of a file with `x_train` … instead of `x` and `y` are numbered and not split.
    """
    if "x" not in arrays:
        training_set, test_set = encode_texts(
            [
                (check_ranks(arrays[f"x_{part}"], f"x_{part}"), arrays[f"y_{part}"])
                for part in ("train", "test")
            ],
            **options,
        )
        return training_set, test_set
    order = np.random.RandomState(113).permutation(len(arrays["x"]))
    texts = check_ranks(arrays["x"], "x")[order]
    ((x, y),) = encode_texts([(texts, arrays["y"][order])], **options)
    train = int(len(x) * (1 - test_split))
    return (x[:train], y[:train]), (x[train:], y[train:])


DATASET = text_dataset(
    "reuters",
    page="https://keras.io/api/datasets/reuters/",
    made_of="synthetic newswires",
    class_names=tuple(TOPICS),
    sizes={"quick": (4000, 1000), "full": (8982, 2246)},
    generate=_write_newswires,
    salt=46,
    word_ranks=_word_ranks,
    digest="d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
    word_digest="4d44cc38712099c9e383dc6e5f11a921",
    unpack=_unpack,
    test_split=TEST_SPLIT,
)
