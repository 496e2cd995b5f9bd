import numpy as np
import pytest

from course_lib.data import class_names, load


@pytest.mark.slow
def test_a_bag_of_words_beats_the_largest_class_and_rare_topics_are_hard(bag_predictions):
    split = load("reuters", "offline", "quick")
    labels = split[1][1]
    predicted = bag_predictions(split)
    largest = np.bincount(labels).max() / len(labels)
    accuracy = np.mean(predicted == labels)
    assert 0.25 < largest < 0.45
    assert largest + 0.25 < accuracy < 0.9
    common = np.isin(labels, np.argsort(np.bincount(split[0][1]))[-3:])
    right = predicted == labels
    assert right[common].mean() > right[~common].mean() + 0.1


def test_topics_are_those_of_keras():
    import keras

    assert class_names("reuters") == keras.datasets.reuters.get_label_names()
