import keras
import numpy as np
import pytest

from course_lib.data import class_names, load
from course_lib.data.sets.cifar100 import COARSE, COARSE_OF_FINE


@pytest.mark.slow
def test_coarse_labels_are_easier_than_fine_ones():
    (x, y), (x_test, y_test) = load("cifar100", "offline", "quick")
    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Rescaling(1 / 127.5, -1),
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(100),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=loss, steps_per_execution=10)
    model.fit(x, y, batch_size=64, epochs=6, verbose=0)
    predicted = model.predict(x_test, verbose=0).argmax(1)
    fine = np.mean(predicted == y_test[:, 0])
    coarse = np.mean(COARSE_OF_FINE[predicted] == COARSE_OF_FINE[y_test[:, 0]])
    assert 0.1 < fine < 0.8
    assert coarse > fine + 0.05


def test_each_of_twenty_groups_has_five_classes():
    assert np.bincount(COARSE_OF_FINE).tolist() == [5] * 20
    names = class_names("cifar100")
    assert names == tuple(sorted(names)) and len(names) == 100
    assert COARSE[COARSE_OF_FINE[names.index("shark")]] == "fish"
