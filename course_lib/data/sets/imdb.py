"""IMDB: film reviews as lists of word numbers, labelled 0 (negative) or 1 (positive).

The stand-in teaches the lesson of texts: *which words occur in a review tells most; their order
tells the rest.* "good" is not always good: a fifth of the opinions is negated ("not good"), so a
bag of words is clearly better than chance, and a model that sees pairs of neighbouring words is
better than the bag.

A small grammar writes it: a review is filler text with opinions in between; most opinions, not
all, agree with the label. As in Keras' file, the rank of a word is its place by frequency, 1 for
the most frequent; `load` adds 3 and puts a 1 in front.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from course_lib.data.sources.check_ranks import check_ranks
from course_lib.data.sources.dataset import Split
from course_lib.data.sources.encode_texts import encode_texts
from course_lib.data.sources.four_arrays import four_arrays
from course_lib.data.sources.text_dataset import Texts, text_dataset
from course_lib.data.synthetic.common_words import COMMON_WORDS
from course_lib.data.synthetic.draw_ranks import draw_ranks
from course_lib.data.synthetic.join_sentences import join_sentences
from course_lib.data.synthetic.make_words import make_words
from course_lib.data.synthetic.zipf import zipf

POSITIVE = str.split(
    """
    good great best excellent wonderful perfect beautiful amazing brilliant superb enjoyable fun
    funny fantastic moving touching clever charming delightful gripping powerful stunning
    masterful fresh honest witty lovely rich memorable thrilling tender magical hilarious warm
    subtle sharp inspired graceful vivid haunting
    """
)
NEGATIVE = str.split(
    """
    bad worst poor boring awful terrible dull stupid horrible weak predictable silly lame
    ridiculous annoying disappointing pointless cheap flat slow painful messy shallow
    forgettable clumsy lazy tedious bland ugly hollow absurd stale wooden dreadful dire
    confusing empty tired sloppy unbearable
    """
)
INTENSIFIERS = str.split("really very so truly quite")
ASPECTS = str.split(
    """
    film movie story plot acting cast script ending direction music dialogue pace camera humour
    lead hero villain scene beginning idea
    """
)
SENTENCES = (6, 30)  # the fewest and the most in a review
WORDS = 5000
AGREEING = 0.75  # share of the opinions that agree with the label
NEGATED = 0.2  # share of the opinions with "not"


@lru_cache(maxsize=1)
def _make_vocabulary() -> tuple[dict[str, int], np.ndarray]:
    """Return the words with their ranks, and the frequencies of the words in filler text."""
    filler = list(dict.fromkeys(COMMON_WORDS + ASPECTS))
    others = POSITIVE + NEGATIVE + INTENSIFIERS
    made_up = [w for w in make_words(WORDS, seed=7) if w not in {*filler, *others}]
    filler += made_up[: WORDS - len(filler) - len([w for w in others if w not in filler])]
    frequencies = zipf(len(filler), 1.2)
    in_filler = dict(zip(filler, 8 * frequencies / frequencies.sum(), strict=True))
    # How often a sentence has each word by the grammar below.
    in_opinions = {"the": 0.5, "was": 0.5, "not": 0.5 * NEGATED}
    for words, share in (
        (POSITIVE, 0.25),
        (NEGATIVE, 0.25),
        (INTENSIFIERS, 0.25),
        (ASPECTS, 0.5),
    ):
        in_opinions.update(zip(words, share * _make_weights(len(words)), strict=True))
    total = {w: in_filler.get(w, 0) + in_opinions.get(w, 0) for w in {**in_filler, **in_opinions}}
    ranked = sorted(total, key=lambda word: total[word], reverse=True)
    ranks = {word: rank for rank, word in enumerate(ranked, start=1)}
    filler_shares = np.array([in_filler.get(word, 0) for word in ranked])
    return ranks, filler_shares / filler_shares.sum()


def _make_weights(n: int) -> np.ndarray:
    """Return the probabilities of `n` words of a list; the first is the most frequent."""
    weights = 1 / (np.arange(n) + 5)
    return weights / weights.sum()


def _word_ranks() -> dict[str, int]:
    return dict(_make_vocabulary()[0])


def _write_reviews(n: int, rng: np.random.Generator) -> Texts:
    y = rng.permutation(np.arange(n) % 2)
    per_review = rng.integers(*SENTENCES, n, endpoint=True)
    mood = np.repeat(y, per_review)
    is_opinion = rng.random(len(mood)) < 0.5
    sentences = _write_filler(len(mood), rng)
    sentences[is_opinion] = -1
    sentences[is_opinion, :6] = _write_opinions(mood[is_opinion], rng)
    return join_sentences(sentences, per_review), y


def _write_filler(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return `n` sentences of 4 to 12 random words, as ranks `(n, 12)`; -1 for no word."""
    ranks = draw_ranks(_make_vocabulary()[1], (n, 12), rng)
    return np.where(np.arange(12) < rng.integers(4, 13, (n, 1)), ranks, -1)


def _write_opinions(mood: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return "the ASPECT was [really] [not] ADJECTIVE" for each mood, 0 or 1, as ranks."""
    ranks, n = _word_ranks(), len(mood)
    agrees = rng.random(n) < AGREEING
    verdict = np.where(agrees, mood, 1 - mood)
    is_negated = rng.random(n) < NEGATED
    adjective = np.where(
        verdict != is_negated, _choose_words(POSITIVE, n, rng), _choose_words(NEGATIVE, n, rng)
    )
    return np.stack(
        [
            np.full(n, ranks["the"]),
            _choose_words(ASPECTS, n, rng),
            np.full(n, ranks["was"]),
            np.where(rng.random(n) < 0.5, _choose_words(INTENSIFIERS, n, rng), -1),
            np.where(is_negated, ranks["not"], -1),
            adjective,
        ],
        axis=1,
    )


def _choose_words(words: Sequence[str], n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the ranks of `n` random words of a list; the first is the most frequent."""
    ranks = _word_ranks()
    return rng.choice([ranks[word] for word in words], n, p=_make_weights(len(words)))


def _unpack(arrays: Mapping[str, np.ndarray], **options: Any) -> Split:
    """Return the four arrays of Keras' own `imdb.npz`, shuffled and numbered as Keras does."""
    rng = np.random.RandomState(113)
    sets = []
    for name, (x, y) in zip(("x_train", "x_test"), four_arrays(arrays), strict=True):
        order = rng.permutation(len(x))
        sets.append((check_ranks(x, name)[order], y[order]))
    training_set, test_set = encode_texts(sets, **options)
    return training_set, test_set


DATASET = text_dataset(
    "imdb",
    page="https://ai.stanford.edu/~amaas/data/sentiment/",
    made_of="reviews written by a small grammar",
    class_names=("negative", "positive"),
    sizes={"quick": (4000, 1000), "full": (16000, 4000)},
    generate=_write_reviews,
    salt=113,
    word_ranks=_word_ranks,
    digest="69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
    word_digest="bfafd718b763782e994055a2d397834f",
    unpack=_unpack,
)
