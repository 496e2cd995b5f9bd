import keras
import numpy as np
import pytest

from course_lib.models import mlp
from course_lib.training import trial

X = np.repeat(np.eye(4, dtype="float32"), 16, axis=0)
Y = np.repeat(np.arange(4), 16)


def make_model(learning_rate=0.05):
    model = mlp((16,), classes=4, input_shape=(4,), batch_norm=True)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss)
    return model


def test_trial_learns_and_restores_the_model():
    model = make_model()
    before = model.get_weights()
    assert trial(model, (X, Y), (X, Y), epochs=40) > 0.9
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert model.optimizer.iterations.numpy() == 0


def test_optimizer_is_restored_after_an_own_train_step():
    class OwnStep(keras.Sequential):
        def train_step(self, data):
            return super().train_step(data)

    model = OwnStep([keras.Input((4,)), keras.layers.Dense(4)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    first = trial(model, (X, Y), (X, Y), epochs=3)
    assert all(not np.any(v.numpy()) for v in model.optimizer.variables[2:])
    assert model.optimizer.iterations.numpy() == 0
    assert trial(model, (X, Y), (X, Y), epochs=3) == first


def test_trials_are_reproducible():
    model = make_model()
    assert len({trial(model, (X, Y), (X, Y), epochs=3) for _ in range(2)}) == 1


def test_zero_epochs_measure_the_untrained_model():
    model = make_model()
    right = np.mean(model.predict(X, verbose=0).argmax(axis=-1) == Y)
    assert trial(model, (X, Y), (X, Y), epochs=0) == right


def test_wrong_use_is_explained():
    with pytest.raises(ValueError, match="not compiled"):
        trial(mlp((2,), 4, (4,)), (X, Y), (X, Y), epochs=1)
    with pytest.raises(ValueError, match="less than one batch"):
        trial(make_model(), (X[:3], Y[:3]), (X, Y), epochs=1)
