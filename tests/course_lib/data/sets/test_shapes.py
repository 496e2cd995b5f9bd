import numpy as np
import pytest

from course_lib.data import class_names, load


@pytest.mark.slow
def test_mlp_beats_linear_model(linear_accuracy, mlp_predictions):
    split = load("shapes", profile="quick")
    linear = linear_accuracy(split)
    mlp = np.mean(mlp_predictions(split, epochs=25) == split[1][1])
    assert 0.45 < linear < 0.85
    assert mlp > linear + 0.1


def test_squares_have_more_ink_than_triangles():
    assert class_names("shapes") == ("square", "circle", "triangle")
    (x, y), _ = load("shapes", profile="full")
    ink = np.array([(x[y == label] > np.median(x)).mean() for label in range(3)])
    assert ink[0] > ink[2]
