"""The variational autoencoder."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from course_lib.models.autoencoder import dense_decoder, hidden_layers


def vae(
    latent: int = 2,
    units: Sequence[int] = (512, 256),
    beta: float = 1.0,
    input_shape: Sequence[int] = (784,),
    activation: str = "gelu",
) -> VAE:
    """A variational autoencoder of dense blocks (Kingma & Welling 2014).

    Args:
        latent: Numbers in a code.
        units: Width of the encoder's hidden layers, the one after the input first; the decoder
            has them in reverse order.
        beta: Weight of the KL divergence in the loss (Higgins et al. 2017). 1 is the VAE.
        input_shape: Shape of one example without the batch axis.
        activation: Name of the hidden layers' activation.

    Returns:
        A `VAE`, not compiled.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import vae
        >>> model = vae(latent=2, units=(16,))
        >>> model.compile("adam")           # the loss is its own
        >>> history = model.fit(np.zeros((8, 784)), verbose=0)
        >>> sorted(history.history)
        ['kl', 'loss', 'reconstruction']
        >>> ops.sigmoid(model.decoder(np.random.normal(size=(5, 2)))).shape     # five new images
        TensorShape([5, 784])
    """
    inputs = keras.Input(tuple(input_shape))
    x = hidden_layers(inputs, units, activation)
    heads = [keras.layers.Dense(latent, name=name)(x) for name in ("mean", "log_variance")]
    encoder = keras.Model(inputs, heads, name="encoder")
    return VAE(encoder, dense_decoder(latent, units, input_shape, activation), beta)


@keras.saving.register_keras_serializable("course_lib")
class VAE(keras.Model):
    """A variational autoencoder of any encoder and decoder (Kingma & Welling 2014).

    Its loss, in nats an image and averaged over the batch, is the negative of the bound in
    their equation 3: the pixels' binary cross-entropy, summed over an image, plus `beta` times
    the KL divergence of the code's distribution from N(0, I), summed over the code. It brings
    this loss with it: `compile` needs an optimizer only, and `fit` images only.

    Args:
        encoder: Model from images `(batch, …)` to `[mean, log_variance]`, both
            `(batch, latent)`.
        decoder: Model from codes `(batch, latent)` to logits of pixels `(batch, …)`.
        beta: Weight of the KL divergence.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import vae
        >>> model = vae(latent=3, units=(16,))
        >>> logits, mean, log_variance = model(np.zeros((2, 784)))
        >>> logits.shape, mean.shape
        (TensorShape([2, 784]), TensorShape([2, 3]))
    """

    def __init__(self, encoder: keras.Model, decoder: keras.Model, beta: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        self.encoder, self.decoder, self.beta = encoder, decoder, beta
        self._noise = keras.random.SeedGenerator()
        self._reconstruction = keras.metrics.Mean(name="reconstruction")
        self._kl = keras.metrics.Mean(name="kl")
        self.built = True  # both parts are

    def call(self, x):
        """Images to `(logits, mean, log_variance)`, by one random code for each image."""
        mean, log_variance = self.encoder(x)
        noise = keras.random.normal(ops.shape(mean), seed=self._noise)
        # Mean and spread stand outside the noise, so the gradient reaches both (§2.4).
        return self.decoder(mean + ops.exp(0.5 * log_variance) * noise), mean, log_variance

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        logits, mean, log_variance = y_pred
        x = ops.cast(x, logits.dtype)
        # The binary cross-entropy of logits, in fewer passes over the pixels than Keras' own.
        pixels = ops.softplus(logits) - x * logits
        reconstruction = ops.sum(pixels) / ops.cast(ops.shape(x)[0], pixels.dtype)
        kl = ops.mean(ops.sum(kl_per_dimension(mean, log_variance), axis=-1))
        self._reconstruction.update_state(reconstruction)
        self._kl.update_state(kl)
        return reconstruction + self.beta * kl

    def get_config(self):
        parts = {"encoder": self.encoder, "decoder": self.decoder}
        parts = {name: keras.saving.serialize_keras_object(part) for name, part in parts.items()}
        return {**super().get_config(), **parts, "beta": self.beta}

    @classmethod
    def from_config(cls, config):
        parts = {
            n: keras.saving.deserialize_keras_object(config[n]) for n in ("encoder", "decoder")
        }
        return cls(**{**config, **parts})


def kl_per_dimension(mean, log_variance):
    """KL divergence of N(mean, exp(log_variance)) from N(0, 1), each entry by itself.

    Kingma & Welling 2014, appendix B.

    Args:
        mean, log_variance: Arrays or tensors of one shape.

    Returns:
        A tensor of that shape, in nats, 0 or more.

    Example:
        >>> float(kl_per_dimension(1.0, 0.0))       # one standard deviation off
        0.5
    """
    mean, log_variance = ops.convert_to_tensor(mean), ops.convert_to_tensor(log_variance)
    return 0.5 * (ops.square(mean) + ops.exp(log_variance) - 1.0 - log_variance)
