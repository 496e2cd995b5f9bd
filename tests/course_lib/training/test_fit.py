import keras
import numpy as np
import pytest

from course_lib import data
from course_lib.models import gan, mlp
from course_lib.training import fit


def toy(examples=256, seed=0):
    """Return four clusters in ten dimensions that hardly overlap."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, examples)
    x = np.random.default_rng(1).normal(size=(4, 10))[y] + rng.normal(
        scale=0.5, size=(examples, 10)
    )
    return x.astype("float32"), y


def toy_model():
    keras.utils.set_random_seed(0)
    return mlp(units=(32,), classes=4, input_shape=(10,))


def test_fit_learns_and_returns_the_history_of_keras():
    model = toy_model()
    history = fit(model, *toy(), epochs=20, batch_size=8, validation_split=0.25, verbose=False)
    assert isinstance(history, keras.callbacks.History)
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert all(len(values) == 20 for values in history.history.values())
    x, y = toy(seed=2)
    assert np.mean(np.argmax(model(x), axis=-1) == y) > 0.9


@pytest.mark.parametrize(("profile", "epochs"), [("quick", 6), ("full", 20)])
def test_profile_sets_the_number_of_epochs(profile, epochs):
    history = fit(toy_model(), *toy(8), batch_size=8, profile=profile, verbose=False)
    assert len(history.history["loss"]) == epochs


def test_unknown_profile_is_rejected():
    with pytest.raises(ValueError, match="quick"):
        fit(toy_model(), *toy(8), profile="fast")


def test_compiled_model_keeps_optimizer_loss_and_metrics():
    model = toy_model()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(
        keras.optimizers.SGD(0.25), loss=loss, metrics=["sparse_top_k_categorical_accuracy"]
    )
    optimizer = model.optimizer
    history = fit(model, *toy(), epochs=2, verbose=False)
    assert "sparse_top_k_categorical_accuracy" in history.history
    assert model.optimizer is optimizer
    assert model.loss is loss


def test_settings_of_the_model_are_restored():
    model = toy_model()
    model.compile(keras.optimizers.SGD(0.25), loss="mse")
    settings = model.steps_per_execution, model.jit_compile, model.optimizer.get_config()
    fit(model, np.zeros((64, 10)), np.zeros((64, 4)), epochs=2, batch_size=4, verbose=False)
    assert (model.steps_per_execution, model.jit_compile, model.optimizer.get_config()) == settings


def test_interrupted_training_restores_the_learning_rate():
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    model = toy_model()
    model.compile(keras.optimizers.SGD(0.25), loss="mse")
    with pytest.raises(KeyboardInterrupt):
        fit(model, np.zeros((8, 10)), np.zeros((8, 4)), callbacks=[Interrupt()], verbose=False)
    assert model.optimizer.learning_rate.numpy() == 0.25
    assert model.steps_per_execution == 1


def test_schedule_of_the_optimizer_is_kept():
    class Rates(keras.callbacks.Callback):
        seen = []

        def on_train_batch_end(self, batch, logs=None):
            self.seen.append(self.model.optimizer.learning_rate.numpy())

    model = toy_model()
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.5, 0.125])
    model.compile(keras.optimizers.SGD(schedule), loss="mse")
    fit(model, np.zeros((8, 10)), np.zeros((8, 4)), epochs=3, callbacks=[Rates()], verbose=False)
    assert Rates.seen[-1] == 0.125


def test_fit_accepts_a_dataset_of_batches():
    x, y = toy()
    batches = data.pipeline(x, y, batch_size=8, shuffle=True, seed=0)
    history = fit(toy_model(), batches, epochs=20, validation_data=batches, verbose=False)
    assert history.history["val_accuracy"][-1] > 0.9


def test_final_softmax_is_detected():
    model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(4, activation="softmax")])
    fit(model, *toy(8), epochs=1, verbose=False)
    assert not model.loss.get_config()["from_logits"]


def test_trained_model_saves_and_loads_with_its_optimizer(tmp_path):
    model = toy_model()
    x, y = toy()
    fit(model, x, y, epochs=1, verbose=False)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.evaluate(x, y, verbose=0), model.evaluate(x, y, verbose=0))


def test_seed_reproduces_the_history():
    def train():
        keras.utils.set_random_seed(3)
        return fit(toy_model(), *toy(), epochs=3, verbose=False).history["loss"]

    np.testing.assert_allclose(train(), train(), rtol=1e-5)


def test_model_with_its_own_optimizers_is_trained():
    model = gan(noise=2, generator_units=(4,), discriminator_units=(4,), pixels=3)
    model.compile()
    history = fit(model, np.zeros((8, 3), "float32"), epochs=2, batch_size=4, verbose=False)
    assert len(history.history["generator_loss"]) == 2
