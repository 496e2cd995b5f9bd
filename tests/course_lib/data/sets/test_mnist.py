import numpy as np
import pytest

from course_lib.data import load
from course_lib.data.sets.mnist import TEST_ORIGINALS, load_originals


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_mlp_beats_linear_model_and_is_not_perfect(seed, linear_accuracy, mlp_predictions):
    split = load("mnist", "offline", "quick", seed)
    linear = linear_accuracy(split)
    mlp = np.mean(mlp_predictions(split) == split[1][1])
    assert 0.75 < linear < 0.92
    assert linear + 0.02 < mlp < 0.985
    assert mlp > 0.93


def test_originals_are_the_digits_of_scikit_learn():
    from sklearn.datasets import load_digits

    images, labels = load_originals()
    assert np.array_equal(labels, load_digits().target)
    assert images.shape == (1797, 32, 32)
    # Enlarged without a change: means over blocks are close to the original pixels.
    small = images.reshape(-1, 8, 4, 8, 4).mean((2, 4))
    assert np.corrcoef(small.ravel(), load_digits().images.ravel())[0, 1] > 0.99
    assert 0.2 < TEST_ORIGINALS / len(labels) < 0.3


def test_digits_have_the_layout_of_mnist():
    (x, y), _ = load("mnist", "offline", "quick")
    # Centred on a dark background with an empty border; the digits are equally frequent.
    assert x[:, 7:21, 7:21].mean() > 2 * x.mean()
    assert x[:, [0, -1]].mean() < 2 and x[:, :, [0, -1]].mean() < 2
    counts = np.bincount(y)
    assert counts.min() > 0.8 * counts.max()


def test_validation_digits_have_their_own_originals():
    """The last tenth is as far from the training digits as the test set is."""
    (x, _), (x_test, _) = load("mnist", "offline", "quick")
    body, validation, test = (
        images.reshape(len(images), -1).astype("float32") for images in (x[:4500], x[4500:], x_test)
    )

    def distance(images):
        squares = (images**2).sum(1)[:, None] - 2 * images @ body.T + (body**2).sum(1)
        return np.sqrt(squares.min(1)).mean()

    assert abs(distance(validation) / distance(test) - 1) < 0.02
