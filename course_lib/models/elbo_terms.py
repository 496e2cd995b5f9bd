"""The two terms of a variational autoencoder's loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def elbo_terms(
    encoder: Callable[..., Any],
    decoder: Callable[..., Any],
    x: ArrayLike,
    rng: np.random.Generator,
    draws: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Compute both terms of a variational autoencoder's loss for each image.

    Their sum is the negative of the bound in Kingma & Welling 2014, equation 3. It is computed in
    NumPy, in float64 and with its own random numbers, so that the loss of any network can be
    compared with it.

    Args:
        encoder: Model or function from images `(n, pixels)` to mean and log-variance, both
            `(n, latent)`.
        decoder: Model or function from codes `(n, latent)` to logits `(n, pixels)`.
        x: Images `(n, pixels)`, from 0 to 1.
        rng: Source of random numbers for the codes.
        draws: Random codes for each image; the reconstruction is the mean over them.

    Returns:
        The reconstruction (binary cross-entropy, summed over the pixels) and the KL divergence
        from N(0, I), summed over the code: two arrays `(n,)`, in nats.

    Example:
        >>> from course_lib.models import vae
        >>> model, rng = vae(latent=3, units=(16,)), np.random.default_rng(0)
        >>> reconstruction, kl = elbo_terms(model.encoder, model.decoder, np.zeros((5, 784)), rng)
        >>> reconstruction.shape, kl.shape
        ((5,), (5,))
    """
    x = np.asarray(x, "float64")
    mean, log_variance = (np.asarray(values, "float64") for values in encoder(x.astype("float32")))
    reconstruction = np.zeros(len(x))
    for _ in range(draws):
        codes = mean + np.exp(log_variance / 2) * rng.normal(size=mean.shape)
        logits = np.asarray(decoder(codes.astype("float32")), "float64")
        reconstruction += np.sum(np.logaddexp(0, logits) - x * logits, axis=-1) / draws
    kl = 0.5 * np.sum(mean**2 + np.exp(log_variance) - 1 - log_variance, axis=-1)
    return reconstruction, kl
