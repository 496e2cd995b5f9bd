"""IMDB: film reviews as lists of word numbers, labelled 0 (negative) or 1 (positive).

The stand-in carries the lesson of text: *which words a review has tells most; in what order they
stand tells the rest.* "good" is not always good: a fifth of the opinions is negated ("not
good"), so a bag of words beats chance clearly and a model that sees two neighbouring words beats
the bag.

It is written by a small grammar: a review is chatter, with opinions strewn in; most opinions,
not all, agree with the label. As in Keras' file, a word's rank is how frequent it is, 1 the most
frequent; ``load`` adds 3 and puts a 1 in front.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from course_lib.data.dataset import GOOGLE, Dataset, KerasFile, four_arrays
from course_lib.data.text import OPTIONS, encode, flatten, made_up_words, raw

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
STRONGER = str.split("really very so truly quite")
ASPECTS = str.split(
    """
    film movie story plot acting cast script ending direction music dialogue pace camera humour
    lead hero villain scene beginning idea
    """
)
CHATTER = str.split(
    """
    the a of to and in it is this that was as for with but on his you are not have be one he at
    all by an who they from so like there her or just about out has if what some can when more
    she up time even my would which only story see their had we will were me than first make
    other people get after watch made then two because into do him them much its how where never
    most character could life scene years way made show know films any man here long off seen
    love too while again actors director night house father mother town war city road
    """
)
SENTENCES = (6, 30)  # how many a review has, at least and at most
WORDS = 5000
AGREE = 0.75  # share of the opinions that are the review's
NEGATED = 0.2


@lru_cache(maxsize=1)
def _vocabulary():
    """Return the words, the most frequent first, and how frequent the chatter among them is."""
    # Zipf's law, as Mandelbrot put it: a word of rank r is about (r + 2.7) ** -1.2 as frequent.
    chatter = list(dict.fromkeys(CHATTER + ASPECTS))
    others = POSITIVE + NEGATIVE + STRONGER
    tail = [w for w in made_up_words(WORDS, seed=7) if w not in {*chatter, *others}]
    chatter += tail[: WORDS - len(chatter) - len([w for w in others if w not in chatter])]
    share = (np.arange(len(chatter)) + 3.7) ** -1.2
    share = dict(zip(chatter, 8 * share / share.sum(), strict=True))
    # What a sentence has of each word besides, by the grammar below.
    extra = {"the": 0.5, "was": 0.5, "not": 0.5 * NEGATED}
    for words, often in ((POSITIVE, 0.25), (NEGATIVE, 0.25), (STRONGER, 0.25), (ASPECTS, 0.5)):
        extra.update(zip(words, often * _weights(len(words)), strict=True))
    often = {w: share.get(w, 0) + extra.get(w, 0) for w in {**share, **extra}}
    ranked = sorted(often, key=often.get, reverse=True)
    chat = np.array([share.get(w, 0) for w in ranked])
    return tuple(ranked), chat / chat.sum()


def _weights(n):
    weights = 1 / (np.arange(n) + 5)
    return weights / weights.sum()


def word_ranks() -> dict[str, int]:
    """Return the stand-in's words with their ranks, as ``keras.datasets.imdb.get_word_index``.

    Example:
        >>> word_ranks()["the"]
        1
    """
    return {word: rank for rank, word in enumerate(_vocabulary()[0], start=1)}


def stand_in(train, test, seed=0, **options):
    """Return ``train`` and ``test`` reviews.

    Args:
        train: number of training reviews.
        test: number of test reviews.
        seed: integer, 0 or larger.
        **options: see ``course_lib.data.text.encode``.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: ``x`` an object array ``(n,)`` of lists of int,
        ``y`` int64 ``(n,)``.

    Example:
        >>> (x_train, y_train), _ = stand_in(10, 2)
        >>> x_train[0][0], x_train.shape, sorted(set(y_train.tolist()))
        (1, (10,), [0, 1])
    """
    rng = np.random.default_rng([seed, 113])
    return encode([_reviews(n, rng) for n in (train, test)], **options)


def _reviews(n, rng):
    y = rng.permutation(np.arange(n) % 2)
    per_review = rng.integers(*SENTENCES, n, endpoint=True)
    mood = np.repeat(y, per_review)
    opinion = rng.random(len(mood)) < 0.5
    rows = _chatter(len(mood), rng)
    rows[opinion] = -1
    rows[opinion, :6] = _opinions(mood[opinion], rng)
    return flatten(rows, per_review), y


def _chatter(n, rng):
    """Return ``n`` sentences of 4 to 12 words that say nothing."""
    words, share = _vocabulary()
    rows = 1 + np.searchsorted(np.cumsum(share), rng.random((n, 12)))
    rows = np.minimum(rows, len(words))
    return np.where(np.arange(12) < rng.integers(4, 13, (n, 1)), rows, -1)


def _opinions(mood, rng):
    """Return "the ASPECT was [really] [not] ADJECTIVE" for each mood, 0 or 1."""
    rank, n = word_ranks(), len(mood)
    agrees = rng.random(n) < AGREE
    says = np.where(agrees, mood, 1 - mood)
    negated = rng.random(n) < NEGATED
    adjective = np.where(says != negated, _pick(POSITIVE, n, rng), _pick(NEGATIVE, n, rng))
    return np.stack(
        [
            np.full(n, rank["the"]),
            _pick(ASPECTS, n, rng),
            np.full(n, rank["was"]),
            np.where(rng.random(n) < 0.5, _pick(STRONGER, n, rng), -1),
            np.where(negated, rank["not"], -1),
            adjective,
        ],
        axis=1,
    )


def _pick(words, n, rng):
    """Return the ranks of ``n`` of the words, the first the most often."""
    rank = word_ranks()
    return rng.choice([rank[word] for word in words], n, p=_weights(len(words)))


def unpack(arrays, **options):
    """Return the four arrays of Keras' own ``imdb.npz``, shuffled and numbered as Keras does."""
    rng = np.random.RandomState(113)
    parts = []
    for name, (x, y) in zip(("x_train", "x_test"), four_arrays(arrays), strict=True):
        order = np.arange(len(x))
        rng.shuffle(order)
        parts.append((raw(x, name)[order], y[order]))
    return encode(parts, **options)


DATASET = Dataset(
    name="imdb",
    page="https://ai.stanford.edu/~amaas/data/sentiment/",
    example=None,
    dtype="object",
    labels="int64",
    classes=("negative", "positive"),
    sizes={"quick": (4000, 1000), "full": (16000, 4000)},
    stand_in=stand_in,
    made_of="reviews written by a small grammar",
    options=OPTIONS,
    unpack=unpack,
    files=(
        KerasFile(
            "imdb.npz",
            GOOGLE + "imdb.npz",
            "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
        ),
    ),
)
