import numpy as np
import pytest

from course_lib.data import class_names, load


@pytest.mark.slow
def test_bag_of_words_beats_the_largest_class_but_fails_on_rare_topics(bag_predictions):
    split = load("reuters", "offline", "quick")
    labels = split[1][1]
    predicted = bag_predictions(split)
    largest = np.bincount(labels).max() / len(labels)
    accuracy = np.mean(predicted == labels)
    assert 0.25 < largest < 0.45
    assert largest + 0.25 < accuracy < 0.9
    is_common = np.isin(labels, np.argsort(np.bincount(split[0][1]))[-3:])
    is_correct = predicted == labels
    assert is_correct[is_common].mean() > is_correct[~is_common].mean() + 0.1


def test_topics_match_keras():
    import keras

    assert class_names("reuters") == keras.datasets.reuters.get_label_names()
