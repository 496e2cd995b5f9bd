import numpy as np
import pytest

from course_lib.data import load, word_index


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_word_pairs_beat_a_bag_of_words(seed, bag_predictions):
    split = load("imdb", "offline", "quick", seed)
    bag, pairs = (np.mean(bag_predictions(split, p) == split[1][1]) for p in (False, True))
    assert 0.65 < bag < 0.9
    assert bag + 0.04 < pairs < 0.97


def test_frequent_words_have_low_numbers():
    (x, _), _ = load("imdb", "offline", "quick")
    counts = np.bincount([word - 3 for s in x for word in s if word > 3], minlength=5001)
    assert counts[1] == counts.max()
    assert counts[1:50].min() > counts[1000:].max()
    assert counts[1:11].sum() > counts[11:101].sum() / 3 > counts[1001:].sum() / 30


def test_numbers_decode_to_reviews():
    (x, y), _ = load("imdb", "offline", "quick")
    words = {rank + 3: word for word, rank in word_index("imdb").items()}
    reviews = [{words.get(number) for number in s} for s in x]
    assert {"not", "the", "was"} <= set.union(*reviews)
    good, bad = (
        np.mean(["wonderful" in s for s, label in zip(reviews, y, strict=True) if label == k])
        for k in (1, 0)
    )
    assert good > 1.5 * bad
