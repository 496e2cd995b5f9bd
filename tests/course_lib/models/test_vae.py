"""The autoencoder and the variational autoencoder."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from course_lib.models import VAE, autoencoder, elbo_terms, vae
from course_lib.models.kl_from_standard_normal import kl_from_standard_normal

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(size=(64, 12)).astype("float32")


def loss_in_numpy(model, x, draws=400):
    return [term.mean() for term in elbo_terms(model.encoder, model.decoder, x, RNG, draws)]


@pytest.mark.parametrize("beta", [0.5, 1.0, 4.0])
def test_loss_is_reconstruction_and_weighted_kl(beta):
    model = vae(latent=3, units=(8,), beta=beta, input_shape=(12,))
    model.compile("adam")
    logs = model.evaluate(IMAGES, batch_size=64, verbose=0, return_dict=True)
    reconstruction, kl = loss_in_numpy(model, IMAGES)
    assert logs["reconstruction"] == pytest.approx(reconstruction, rel=0.05)
    assert logs["kl"] == pytest.approx(kl, rel=1e-4)
    assert logs["loss"] == pytest.approx(logs["reconstruction"] + beta * logs["kl"], rel=1e-5)


def test_terms_of_constant_models():
    x = np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 0.25]])
    standard = elbo_terms(
        lambda x: (np.zeros((len(x), 2)), np.zeros((len(x), 2))),
        lambda codes: np.zeros((len(codes), 3)),
        x,
        RNG,
    )
    np.testing.assert_allclose(standard, [[3 * np.log(2)] * 2, [0, 0]])
    shifted = elbo_terms(
        lambda x: (np.full((len(x), 2), 3.0), np.zeros((len(x), 2))),
        lambda codes: np.full((len(codes), 3), 50.0),
        x,
        RNG,
    )
    np.testing.assert_allclose(shifted, [[50, 137.5], [9, 9]])


def test_training_lowers_the_loss_and_changes_all_weights():
    keras.utils.set_random_seed(0)
    model = vae(latent=2, units=(16,), input_shape=(12,))
    before = [weights.copy() for weights in model.get_weights()]
    first = sum(loss_in_numpy(model, IMAGES, 20))
    model.compile(keras.optimizers.Adam(0.01))
    model.fit(IMAGES, epochs=20, batch_size=16, verbose=0)
    assert sum(loss_in_numpy(model, IMAGES, 20)) < first
    assert all(np.any(a != b) for a, b in zip(before, model.get_weights(), strict=True))


def test_codes_are_random():
    model = vae(latent=2, units=(8,), input_shape=(12,))
    first, second = model(IMAGES), model(IMAGES)
    np.testing.assert_array_equal(first[1], second[1])
    assert np.any(np.asarray(first[0]) != np.asarray(second[0]))


def test_images_keep_their_shape():
    model = vae(latent=2, units=(8,), input_shape=(4, 3))
    logits, mean, _ = model(IMAGES.reshape(-1, 4, 3))
    assert logits.shape == (64, 4, 3)
    assert mean.shape == (64, 2)


def test_kl_matches_a_monte_carlo_estimate():
    mean, log_variance = np.array([0.0, 1.5, -0.5]), np.array([0.0, -1.0, 0.7])
    variance = np.exp(log_variance)
    z = mean + np.sqrt(variance) * RNG.normal(size=(200_000, 3))
    log_ratio = 0.5 * (z**2 - (z - mean) ** 2 / variance - log_variance)
    np.testing.assert_allclose(
        kl_from_standard_normal(mean, log_variance), log_ratio.mean(0), atol=0.02
    )


def test_saved_model_loads(tmp_path):
    model = vae(latent=2, units=(8,), beta=3.0, input_shape=(12,))
    model.compile("adam")
    model.save(tmp_path / "vae.keras")
    loaded = keras.saving.load_model(tmp_path / "vae.keras")
    assert isinstance(loaded, VAE)
    assert loaded.beta == 3.0
    np.testing.assert_allclose(loaded.encoder(IMAGES)[0], model.encoder(IMAGES)[0], rtol=1e-5)


def test_autoencoder_is_the_decoder_after_the_encoder():
    model, encoder, decoder = autoencoder(latent=3, units=(8, 6), input_shape=(4, 3))
    x = IMAGES.reshape(-1, 4, 3)
    np.testing.assert_allclose(model(x), decoder(encoder(x)), rtol=1e-6)
    widths = [w.shape[1] for w in model.get_weights() if w.ndim == 2]
    assert widths == [8, 6, 3, 6, 8, 12]


def test_saved_autoencoder_loads_without_course_lib(tmp_path):
    autoencoder(latent=2, units=(8,), input_shape=(12,))[0].save(tmp_path / "ae.keras")
    script = (
        "import keras, sys; keras.saving.load_model('ae.keras'); "
        "assert not any(name.startswith('course_lib') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
