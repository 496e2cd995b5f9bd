"""Callbacks, interruptions and the settings of a compiled model in `fit`."""

import keras
import numpy as np
import pytest

from course_lib.models import cnn
from course_lib.training import ProgressBar, fit
from tests.course_lib.training.small_data import (
    QUIET,
    CountUpdates,
    X,
    Y,
    compiled,
    network,
)


@pytest.mark.parametrize(
    "callbacks",
    [
        None,
        [],
        (),
        CountUpdates(),
        [CountUpdates()],
        keras.callbacks.CallbackList([CountUpdates()]),
        iter([CountUpdates()]),
        [keras.callbacks.History()],
    ],
    ids=["None", "list", "tuple", "one", "one of a list", "CallbackList", "iterator", "History"],
)
def test_callbacks_may_be_one_several_or_none(callbacks):
    assert len(fit(network(), X, Y, callbacks=callbacks, **QUIET).epoch) == 2


@pytest.mark.parametrize("kind", ["subclass", "LambdaCallback"])
def test_callback_of_the_user_runs_after_each_batch(kind):
    seen = []
    if kind == "subclass":

        class Each(keras.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                seen.append(batch)

        callback = Each()
    else:
        callback = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: seen.append(batch)
        )
    fit(compiled(), X, Y, batch_size=30, callbacks=callback, **QUIET)
    assert seen == [*range(10), *range(10)]


class SetsRate(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.25 / (epoch + 1)


@pytest.mark.parametrize(
    ("callback", "rates"),
    [
        (keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.125), [0.125] * 3),
        (
            keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2),
            [0.25, 0.125, 0.0625],
        ),
        (
            keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=100),
            [0.5, 0.25, 0.125],
        ),
        (SetsRate(), [0.25, 0.125, 0.25 / 3]),
    ],
    ids=["scheduler", "relative scheduler", "plateau", "own callback"],
)
def test_learning_rate_of_the_user_wins(callback, rates):
    counter = CountUpdates()
    model = compiled(optimizer=keras.optimizers.SGD(0.5))
    fit(model, X, Y, epochs=3, verbose=False, callbacks=[callback, counter])
    np.testing.assert_allclose(counter.rates, rates, rtol=1e-5)
    assert float(model.optimizer.learning_rate) == pytest.approx(rates[-1])


def test_overruled_schedule_is_said_once(capsys):
    callback = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.125)
    fit(compiled(), X, Y, epochs=3, callbacks=callback)
    assert capsys.readouterr().out.count("LearningRateScheduler sets the learning rate") == 1
    rate = keras.optimizers.schedules.CosineDecay(0.1, 10)
    fit(compiled(optimizer=keras.optimizers.SGD(rate)), X, Y, epochs=3)
    assert capsys.readouterr().out.count("the schedule of the optimizer sets") == 1
    fit(compiled(), X, Y, epochs=3)
    assert "sets the learning rate" not in capsys.readouterr().out


@pytest.mark.parametrize("save_freq", ["epoch", 3])
@pytest.mark.parametrize("scaled", [False, True], ids=["float32", "float16"])
def test_checkpoint_holds_the_model_as_it_was_built(tmp_path, save_freq, scaled, request):
    if scaled:
        request.getfixturevalue("tensor_cores")
    images, labels = (
        np.random.default_rng(0).integers(0, 256, (64, 16, 16, 3)).astype("uint8"),
        np.arange(64) % 2,
    )
    model = compiled(cnn((4, 8), 2, (16, 16, 3)), keras.optimizers.Adam(0.125))
    path = tmp_path / "model.keras"
    saves = keras.callbacks.ModelCheckpoint(path, save_freq=save_freq)
    fit(model, images, labels, batch_size=8, callbacks=saves, **QUIET)
    saved = keras.saving.load_model(path)
    assert type(saved.optimizer) is keras.optimizers.Adam
    assert saved.optimizer.get_config()["learning_rate"] == 0.125
    assert {layer.dtype_policy.name for layer in saved.layers} == {"float32"}
    assert saved.get_compile_config() == model.get_compile_config()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"steps_per_execution": 3},
        {"run_eagerly": True},
        {"jit_compile": True},
        {"loss_weights": [2.0]},
        {"weighted_metrics": ["accuracy"]},
        {"optimizer": keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.125))},
        {"optimizer": keras.optimizers.Adam(0.125, gradient_accumulation_steps=2)},
        {"optimizer": keras.optimizers.Adam(0.125, use_ema=True, clipnorm=1.0)},
    ],
    ids=lambda options: ", ".join(options) or "default",
)
def test_compiled_model_keeps_its_settings(options):
    model = compiled(**options)

    def settings():
        kept = model.steps_per_execution, model.jit_compile, model.run_eagerly, model.loss
        return kept, model.get_compile_config(), float(model.optimizer.learning_rate)

    before, optimizer = settings(), model.optimizer
    history = fit(model, X, Y, validation_split=0.2, **QUIET)
    assert {"loss", "val_loss", "accuracy", "val_accuracy"} <= set(history.history)
    assert settings() == before
    assert model.optimizer is optimizer


@pytest.mark.parametrize("stage", ["on_epoch_begin", "on_train_batch_end", "on_test_end"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_interruption_leaves_all_as_it_was(stage, error):
    def stop(*args, **kwargs):
        raise error

    callback = keras.callbacks.Callback()
    setattr(callback, stage, stop)
    model = compiled(optimizer=keras.optimizers.Adam(0.125))
    before = set(vars(model)), set(vars(model.optimizer)), model.optimizer.get_config()
    with pytest.raises(error):
        fit(model, X, Y, validation_split=0.2, callbacks=callback, **QUIET)
    after = set(vars(model)), set(vars(model.optimizer)), model.optimizer.get_config()
    assert after[2] == before[2]
    assert not {"train_step", "test_step"} & after[0]
    assert after[1] - before[1] <= {"_momentums", "_velocities", "_trainable_variables_indices"}
    assert len(fit(model, X, Y, **QUIET).epoch) == 2


@pytest.mark.parametrize("verbose", [True, 1, 2, "auto"])
def test_each_verbose_of_keras_shows_one_line(capsys, verbose):
    fit(compiled(), X, Y, epochs=2, verbose=verbose)
    assert capsys.readouterr().out.count("\n") == 1


def test_bar_of_the_user_replaces_that_of_fit(capsys):
    fit(compiled(), X, Y, epochs=2, callbacks=ProgressBar())
    assert capsys.readouterr().out.count("\n") == 1
