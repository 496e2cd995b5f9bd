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
    """Train and return the accuracy on the training and on the test part."""
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        steps_per_execution=10,
    )
    model.fit(*train, batch_size=64, epochs=epochs, verbose=0)
    return [model.evaluate(*part, verbose=0)[1] for part in (train, test)]


@pytest.mark.slow
def test_a_cnn_beats_an_mlp_of_its_size():
    train, test = load("cifar10", "offline", "quick")
    assert 0.9 < mlp().count_params() / cnn().count_params() < 2.5
    _, dense = accuracies(mlp(), train, test, epochs=6)
    _, convolutions = accuracies(cnn(), train, test, epochs=6)
    assert 0.15 < dense < 0.5
    assert convolutions > dense + 0.15


@pytest.mark.slow
def test_mirrored_and_moved_copies_close_the_gap():
    (x, y), test = load("cifar10", "offline", "quick")
    x, y = x[:1000], y[:1000]
    train, own = accuracies(cnn(), (x, y), test, epochs=16)

    rng = np.random.default_rng(0)
    copies = [x, *(moved(x, rng) for _ in range(7))]
    # Trained on as many images in all: eight times as many, an eighth of the epochs.
    augmented = cnn()
    accuracies(augmented, (np.concatenate(copies), np.tile(y, (8, 1))), test, epochs=2)
    train_augmented, own_augmented = (
        augmented.evaluate(*part, verbose=0)[1] for part in ((x, y), test)
    )
    assert train_augmented - own_augmented < 0.7 * (train - own)
    assert own_augmented > own


def moved(x, rng):
    """Return copies, half of them mirrored, each moved by up to four pixels."""
    x = np.where(rng.random((len(x), 1, 1, 1)) < 0.5, x, x[:, :, ::-1])
    padded = np.pad(x, ((0, 0), (4, 4), (4, 4), (0, 0)), mode="edge")
    down, right = rng.integers(0, 9, (2, len(x), 1))
    rows, columns = down + np.arange(32), right + np.arange(32)
    return padded[np.arange(len(x))[:, None, None], rows[:, :, None], columns[:, None, :]]
