"""What `fit` computes where a GPU with tensor cores is found, against float32."""

import sys

import keras
import numpy as np
import pytest
from keras import layers

from course_lib.models import autoencoder, cnn, conv_autoencoder, dcgan, gan, mlp, vae
from course_lib.training import fit, half_precision
from tests.course_lib.training.gpu_models import (
    OwnLayer,
    SubClass,
    TwoNetworks,
    WithTape,
    compiled,
    dense,
    with_own_step_bound,
    with_two_inputs,
    without_optimizer,
)

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(0, 255, (64, 16, 16, 3)).astype("float32")
IMAGES[::2, 4:8] += 100
LABELS = np.arange(64) % 2
TABLE = RNG.normal(size=(512, 8)).astype("float32")
TARGETS = TABLE @ np.linspace(-0.5, 0.5, 8, dtype="float32")
LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


LOSS_SCALED = keras.optimizers.LossScaleOptimizer
MODELS = {
    "Keras' own step": (lambda: compiled(dense(layers.Dense(16))), "float16"),
    "a hidden layer": (lambda: mlp((8, 8), 2, (8,)), "float16"),
    "a nested model": (lambda: compiled(dense(dense(layers.Dense(8), width=16))), "float16"),
    "own compute_loss": (lambda: vae(units=(8, 8), input_shape=(8,)), "float16"),
    "only an output": (
        lambda: compiled(keras.Sequential([keras.Input((8,)), layers.Dense(1)])),
        None,
    ),
    "own train_step": (lambda: compiled(WithTape()), None),
    "own train_step on an instance": (with_own_step_bound, None),
    "two optimizers": (without_optimizer, None),
    "a scaled optimizer": (
        lambda: compiled(dense(layers.Dense(16)), LOSS_SCALED(keras.optimizers.SGD(0.01))),
        None,
    ),
    "Adafactor": (lambda: compiled(dense(layers.Dense(16)), keras.optimizers.Adafactor()), None),
    "a loss scale of its own": (
        lambda: compiled(dense(layers.Dense(16)), keras.optimizers.SGD(0.01, loss_scale_factor=8)),
        None,
    ),
    "own dtype policy": (lambda: compiled(dense(layers.Dense(16, dtype="mixed_float16"))), None),
    "float64": (lambda: compiled(dense(layers.Dense(16, dtype="float64"))), None),
    "what a subclass calls itself": (lambda: compiled(SubClass()), None),
    "an own layer": (lambda: compiled(dense(OwnLayer())), None),
}


@pytest.mark.parametrize(("make", "half"), MODELS.values(), ids=MODELS)
def test_float16_needs_a_scaled_loss_and_hidden_layers(tensor_cores, make, half):
    assert half_precision(make()) == half


@pytest.mark.parametrize(
    "make", [WithTape, TwoNetworks, without_optimizer], ids=lambda m: m.__name__
)
def test_own_training_steps_get_bfloat16_where_the_gpu_has_it(tensor_cores, monkeypatch, make):
    module = sys.modules["course_lib.training.half_precision"]
    monkeypatch.setattr(module, "has_bfloat16_instructions", lambda: True)
    model = make()
    model.compile() if make is without_optimizer else model.compile("sgd")
    model.built = True
    assert half_precision(model) == "bfloat16"


def train_table(make, **compile_options):
    keras.utils.set_random_seed(0)
    model = make()
    if not model.compiled:
        model.compile(**compile_options)
    return fit(model, TABLE, TARGETS, epochs=6, batch_size=32, verbose=False).history["loss"]


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
@pytest.mark.parametrize("make", [WithTape, TwoNetworks], ids=lambda m: m.__name__)
def test_own_training_steps_learn_as_in_float32(tensor_cores, monkeypatch, make, optimizer):
    on_gpu = train_table(make, optimizer=optimizer)
    monkeypatch.undo()
    np.testing.assert_allclose(on_gpu, train_table(make, optimizer=optimizer), rtol=0.05)


@pytest.mark.parametrize(
    "make",
    [
        lambda: compiled(dense(layers.Dense(16))),
        lambda: compiled(dense(layers.Dense(16)), "adam"),
        lambda: compiled(dense(layers.Dense(16)), keras.optimizers.Adam(clipnorm=1.0)),
        lambda: compiled(dense(dense(layers.Dense(16), width=16))),
        lambda: compiled(dense(OwnLayer(), layers.Dense(16))),
        lambda: compiled(dense(layers.Dense(16, activity_regularizer="l2"), layers.Dense(16))),
        lambda: compiled(dense(layers.Dense(16)), "adam", lambda y, p: 1e5 * abs(y - p[:, 0])),
    ],
    ids=["SGD", "Adam", "clipped", "nested", "own layer", "own loss", "large loss"],
)
def test_keras_step_learns_in_float16_as_in_float32(tensor_cores, monkeypatch, make):
    on_gpu = train_table(make)
    monkeypatch.undo()
    in_float32 = train_table(make)
    np.testing.assert_allclose(on_gpu, in_float32, rtol=0.05, atol=0.01)
    assert on_gpu[-1] < on_gpu[0]


def test_large_inputs_and_targets_do_not_overflow(tensor_cores):
    x = TABLE * 1e6  # float16 ends at 65,504
    model = compiled(dense(layers.Dense(16)), keras.optimizers.Adam(0.01))
    history = fit(model, x, TARGETS * 1e4, epochs=3, batch_size=16, verbose=False)
    assert np.all(np.isfinite(history.history["loss"]))
    assert all(np.all(np.isfinite(weights)) for weights in model.get_weights())
    assert history.history["loss"][-1] < history.history["loss"][0]


@pytest.mark.parametrize(
    "front",
    [
        layers.RandomFlip("horizontal"),
        layers.RandomTranslation(0.1, 0.1),
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.1),
        layers.Normalization(mean=0.0, variance=1.0),
        layers.GaussianNoise(0.1),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_layers_that_prepare_images_run(tensor_cores, front):
    model = keras.Sequential([keras.Input((16, 16, 3)), front])
    for layer in (layers.Conv2D(4, 3), layers.ReLU(), layers.GlobalMaxPooling2D(), layers.Dense(2)):
        model.add(layer)
    history = fit(model, IMAGES, LABELS, epochs=2, batch_size=20, verbose=False)
    assert np.all(np.isfinite(history.history["loss"]))


TOKENS = RNG.integers(1, 50, (64, 12))


@pytest.mark.parametrize(
    "reader",
    [
        lambda: layers.LSTM(8),
        lambda: layers.GRU(8),
        lambda: layers.SimpleRNN(8),
        lambda: layers.Bidirectional(layers.LSTM(8)),
        lambda: layers.Conv1D(8, 3),
        lambda: layers.TimeDistributed(layers.Dense(8)),
    ],
    ids=["LSTM", "GRU", "SimpleRNN", "Bidirectional", "Conv1D", "TimeDistributed"],
)
def test_layers_that_read_sequences_run(tensor_cores, reader):
    parts = [layers.Embedding(50, 8), reader(), layers.Flatten(), layers.Dense(2)]
    model = keras.Sequential([keras.Input((12,)), *parts])
    history = fit(model, TOKENS, LABELS, epochs=2, batch_size=32, verbose=False)
    assert np.all(np.isfinite(history.history["loss"]))
    assert {layer.dtype_policy.name for layer in model._flatten_layers()} == {"float32"}


def test_attention_runs(tensor_cores):
    inputs = keras.Input((12,))
    x = layers.Embedding(50, 8)(inputs)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 4)(x, x))
    model = keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))
    history = fit(model, TOKENS, LABELS, epochs=2, batch_size=32, verbose=False)
    assert np.all(np.isfinite(history.history["loss"]))


PIXELS = RNG.uniform(size=(64, 784)).astype("float32")


def compiled_gan(model):
    model.compile()
    return model


@pytest.mark.parametrize(
    ("make", "x", "has_targets"),
    [
        (lambda: compiled(vae(units=(16,)), "adam", None), PIXELS, False),
        (lambda: compiled(autoencoder(units=(16,))[0], "adam"), PIXELS, True),
        (
            lambda: compiled(conv_autoencoder(filters=(4, 8))[0], "adam"),
            PIXELS.reshape(-1, 28, 28, 1),
            True,
        ),
        (lambda: compiled_gan(gan(8, (16,), (16,))), PIXELS, False),
        (lambda: compiled_gan(dcgan(8, 8)), PIXELS.reshape(-1, 28, 28, 1), False),
    ],
    ids=["vae", "autoencoder", "conv_autoencoder", "gan", "dcgan"],
)
def test_models_of_the_course_learn(tensor_cores, make, x, has_targets):
    history = fit(make(), x, x if has_targets else None, epochs=2, batch_size=32, verbose=False)
    assert all(np.all(np.isfinite(values)) for values in history.history.values())


def test_dicts_of_inputs_and_outputs_learn(tensor_cores):
    model = with_two_inputs()
    model.compile("adam", {"sum": "mse"}, metrics={"sum": ["mae"]})
    x, y = {"one": TABLE, "two": TABLE}, {"sum": TARGETS}
    history = fit(model, x, y, epochs=3, batch_size=32, verbose=False).history
    assert history["loss"][-1] < history["loss"][0]
    assert "sum_mae" in history or "mae" in history


def test_global_mixed_float16_stays(tensor_cores):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = compiled(dense(layers.Dense(16)))
        optimizer = model.optimizer
        history = fit(model, TABLE, TARGETS, epochs=3, batch_size=32, verbose=False).history
    finally:
        keras.config.set_dtype_policy("float32")
    assert isinstance(optimizer, LOSS_SCALED)
    assert model.optimizer is optimizer
    assert {layer.dtype_policy.name for layer in model.layers} == {"mixed_float16"}
    assert history["loss"][-1] < history["loss"][0]


def test_last_batch_may_be_smaller(tensor_cores):
    fit(
        cnn((4, 8), 2, (16, 16, 3)),
        IMAGES[:50],
        LABELS[:50],
        epochs=2,
        batch_size=32,
        verbose=False,
    )


def test_interrupted_training_leaves_float32(tensor_cores):
    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    model = compiled(dense(layers.Dense(16)))
    optimizer, before = model.optimizer, set(vars(model))
    with pytest.raises(KeyboardInterrupt):
        fit(model, TABLE, TARGETS, callbacks=Interrupt(), verbose=False)
    assert model.optimizer is optimizer
    assert not {"train_step", "test_step"} & set(vars(model)) and before
    assert {layer.dtype_policy.name for layer in model.layers} == {"float32"}
    assert optimizer.learning_rate.numpy() == pytest.approx(0.01)
