import keras
import numpy as np
import pytest

from course_lib.models import gan
from course_lib.training import fused_adam
from course_lib.training.fused_adam import _find_handles


def train(optimizer, fused):
    keras.utils.set_random_seed(1)
    x = np.random.default_rng(0).normal(size=(96, 6)).astype("float32")
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "tanh")])
    model.add(keras.layers.Dense(1))
    model.compile(optimizer, "mean_squared_error")
    if fused:
        with fused_adam(model):
            model.fit(x, x[:, :1] * x[:, 1:2], epochs=4, shuffle=False, verbose=0)
    else:
        model.fit(x, x[:, :1] * x[:, 1:2], epochs=4, shuffle=False, verbose=0)
    return [*model.get_weights(), *(v.numpy() for v in model.optimizer.variables)]


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.optimizers.Adam(0.01, beta_1=0.5),
        lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1),
        lambda: keras.optimizers.Adam(0.01, clipnorm=0.1, use_ema=True),
        lambda: keras.optimizers.Adam(0.01, amsgrad=True),
        lambda: keras.optimizers.SGD(0.01, momentum=0.9),
    ],
    ids=["Adam", "AdamW", "clipped", "AMSGrad", "SGD"],
)
def test_weights_match_those_of_keras(make):
    for ours, theirs in zip(train(make(), True), train(make(), False), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_optimizers_are_restored():
    model = gan(noise=2, generator_units=(4,), discriminator_units=(4,), pixels=3)
    model.compile()
    both = (model.generator_optimizer, model.discriminator_optimizer)
    with fused_adam(model):
        assert all("update_step" in vars(one) for one in both)
    assert not any("update_step" in vars(one) for one in both)


def test_keras_applies_sparse_gradients():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Embedding(5, 2)])
    model.compile(keras.optimizers.Adam(0.1), "mean_squared_error")
    with fused_adam(model):
        model.fit(np.array([[0, 1, 1]]), np.ones((1, 3, 2)), epochs=2, verbose=0)
    assert np.all(model.get_weights()[0][:2] != 0)


def test_optimizers_with_other_moments_have_no_handles():
    weights = keras.Variable([1.0])
    adam, adamax = keras.optimizers.Adam(), keras.optimizers.Adamax()
    adam.build([weights])
    adamax.build([weights])
    assert set(_find_handles(adam, weights)) == {"var", "m", "v"}
    assert _find_handles(adamax, weights) is None
