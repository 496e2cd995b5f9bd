import numpy as np
import pytest

from course_lib.data import class_names, load


@pytest.mark.slow
def test_mlp_confuses_tops(linear_accuracy, mlp_predictions):
    split = load("fashion_mnist", "offline", "quick")
    predicted, labels = mlp_predictions(split), split[1][1]
    accuracy = np.mean(predicted == labels)
    linear = linear_accuracy(split)
    assert 0.7 < linear < accuracy - 0.02
    assert accuracy < 0.93
    names = class_names("fashion_mnist")
    tops = [names.index(top) for top in ("T-shirt/top", "Pullover", "Coat", "Shirt")]
    wrong = predicted != labels
    assert np.isin(labels[wrong], tops).mean() > 0.7
