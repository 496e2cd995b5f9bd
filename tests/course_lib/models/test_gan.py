"""GANs: the training step and its losses."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.models import dcgan, gan


def weights(network):
    return [np.array(w) for w in network.get_weights()]


def is_unchanged(before, network):
    return all(np.array_equal(a, b) for a, b in zip(before, weights(network), strict=True))


def small():
    keras.utils.set_random_seed(1)
    return gan(noise=3, generator_units=(8,), discriminator_units=(8,), pixels=5)


REAL = np.random.default_rng(0).uniform(-1, 1, (70, 5)).astype("float32")


@pytest.mark.parametrize(
    ("network", "other"), [("generator", "discriminator"), ("discriminator", "generator")]
)
def test_learning_rate_0_keeps_that_network(network, other):
    model = small()
    model.compile(**{f"{network}_rate": 0.0, f"{other}_rate": 1e-2})
    before, other_before = weights(getattr(model, network)), weights(getattr(model, other))
    model.fit(REAL, batch_size=32, verbose=0)  # a last batch of 6
    assert is_unchanged(before, getattr(model, network))
    assert not is_unchanged(other_before, getattr(model, other))


def test_losses_match_the_formula():
    model = small()
    kernel, bias, *rest = weights(model.generator)
    model.generator.set_weights([0 * kernel, bias, *rest])  # the same image for any noise
    model.compile(0.0, 0.0)
    history = model.fit(REAL, batch_size=70, verbose=0).history
    real, fake = (
        np.asarray(model.discriminator(x)) for x in (REAL, model.generator(np.zeros((1, 3))))
    )
    expected = np.mean(np.log1p(np.exp(-real))) + np.mean(np.log1p(np.exp(fake)))
    assert history["discriminator_loss"][0] == pytest.approx(expected, rel=1e-4)
    expected = np.mean(np.log1p(np.exp(-fake)))
    assert history["generator_loss"][0] == pytest.approx(expected, rel=1e-4)


def test_generator_learns_the_position_of_the_data():
    keras.utils.set_random_seed(1)
    model = gan(2, (16,), (16,), pixels=2)
    model.compile(1e-2, 1e-2)
    cluster = np.random.default_rng(0).normal((0.5, -0.5), 0.05, (640, 2)).astype("float32")
    model.fit(cluster, epochs=15, batch_size=32, verbose=0)
    made = np.asarray(model.generator(np.random.default_rng(1).normal(size=(200, 2))))
    assert np.linalg.norm(made.mean(axis=0) - (0.5, -0.5)) < 0.25


def test_images_are_in_minus_1_to_1():
    for model in (gan(noise=4, generator_units=(8,)), dcgan(noise=4, channels=4)):
        made = np.asarray(model(100 * np.random.default_rng(0).normal(size=(20, 4))))
        assert -1 <= made.min() < -0.5 and 0.5 < made.max() <= 1


def test_dcgan_trains_on_images():
    model = dcgan(noise=4, channels=4)
    model.compile()
    history = model.fit(np.ones((8, 28, 28, 1), "float32"), batch_size=4, verbose=0).history
    assert np.isfinite(history["generator_loss"]).all()


@pytest.mark.parametrize("make", [small, lambda: dcgan(noise=4, channels=4)], ids=["gan", "dcgan"])
def test_saved_model_continues_its_training(tmp_path, make):
    shape = make().discriminator.input_shape[1:]
    real = np.random.default_rng(0).uniform(-1, 1, (8, *shape)).astype("float32")
    model = make()
    model.compile(discriminator_rate=1e-3, generator_rate=2e-3)
    model.fit(real, verbose=0)
    model.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    for network in ("generator", "discriminator"):
        assert is_unchanged(weights(getattr(model, network)), getattr(loaded, network))
        ours, theirs = (getattr(one, f"{network}_optimizer") for one in (model, loaded))
        assert ours.get_config()["learning_rate"] == theirs.get_config()["learning_rate"]
        for one, other in zip(ours.variables, theirs.variables, strict=True):
            np.testing.assert_array_equal(one, other)
    assert len(loaded.fit(real, verbose=0).history["generator_loss"]) == 1


def test_evaluation_updates_nothing():
    model = small()
    model.compile()
    before = weights(model)
    losses = model.evaluate(REAL, verbose=0, return_dict=True)
    assert set(losses) >= {"generator_loss", "discriminator_loss"}
    assert is_unchanged(before, model)


@pytest.mark.parametrize(
    "arguments",
    [(["adam"], {}), ([], {"optimizer": "adam"}), ([], {"loss": "mse"})],
    ids=["positional", "optimizer", "loss"],
)
def test_one_optimizer_for_both_networks_is_refused(arguments):
    with pytest.raises(TypeError, match="two optimizers of its own"):
        small().compile(*arguments[0], **arguments[1])
