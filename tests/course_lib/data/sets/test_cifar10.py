import keras
import numpy as np
import pytest

from course_lib.data import load

layers = keras.layers
CNN = (8, 16, 32)  # filters of its three convolutions


def cnn(classes=10):
    keras.utils.set_random_seed(0)
    blocks = [
        (layers.Conv2D(filters, 3, padding="same", activation="relu"), layers.MaxPooling2D())
        for filters in CNN
    ]
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Rescaling(1 / 127.5, -1),
            *(layer for block in blocks for layer in block),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(classes),
        ]
    )


def mlp():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Rescaling(1 / 127.5, -1),
            layers.Flatten(),
            layers.Dense(16, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
        ]
    )


def accuracies(model, train, test, epochs):
    """Train a model and return its accuracies on the training set and on the test set."""
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        steps_per_execution=10,
    )
    model.fit(*train, batch_size=64, epochs=epochs, verbose=0)
    return [model.evaluate(*examples, verbose=0)[1] for examples in (train, test)]


@pytest.mark.slow
def test_cnn_beats_mlp_of_the_same_size():
    train, test = load("cifar10", "offline", "quick")
    assert 0.9 < mlp().count_params() / cnn().count_params() < 2.5
    _, dense = accuracies(mlp(), train, test, epochs=6)
    _, convolutions = accuracies(cnn(), train, test, epochs=6)
    assert 0.15 < dense < 0.5
    assert convolutions > dense + 0.15


@pytest.mark.slow
def test_flipped_and_shifted_copies_reduce_the_gap():
    (x, y), test = load("cifar10", "offline", "quick")
    x, y = x[:1000], y[:1000]
    plain_train, plain_test = accuracies(cnn(), (x, y), test, epochs=16)

    rng = np.random.default_rng(0)
    copies = [x, *(augment(x, rng) for _ in range(7))]
    # The same number of updates: eight times the images, an eighth of the epochs.
    model = cnn()
    accuracies(model, (np.concatenate(copies), np.tile(y, (8, 1))), test, epochs=2)
    augmented_train, augmented_test = (
        model.evaluate(*examples, verbose=0)[1] for examples in ((x, y), test)
    )
    assert augmented_train - augmented_test < 0.7 * (plain_train - plain_test)
    assert augmented_test > plain_test


def augment(x, rng):
    """Return copies, half of them flipped, each shifted by up to four pixels."""
    x = np.where(rng.random((len(x), 1, 1, 1)) < 0.5, x, x[:, :, ::-1])
    padded = np.pad(x, ((0, 0), (4, 4), (4, 4), (0, 0)), mode="edge")
    down, right = rng.integers(0, 9, (2, len(x), 1))
    rows, columns = down + np.arange(32), right + np.arange(32)
    return padded[np.arange(len(x))[:, None, None], rows[:, :, None], columns[:, None, :]]
