"""The variational autoencoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from course_lib.check_counts import check_counts
from course_lib.models.check_sizes import check_sizes
from course_lib.models.dense_decoder import dense_decoder
from course_lib.models.hidden_layers import hidden_layers
from course_lib.models.kl_from_standard_normal import kl_from_standard_normal


def vae(
    latent: int = 2,
    units: Sequence[int] = (512, 256),
    beta: float = 1.0,
    input_shape: Sequence[int] = (784,),
    activation: str = "gelu",
) -> VAE:
    """Build a variational autoencoder of dense blocks (Kingma & Welling 2014).

    Args:
        latent: Numbers in a code.
        units: Width of the encoder's hidden layers, from the input on; the decoder has them in
            reverse order.
        beta: Weight of the KL divergence in the loss (Higgins et al. 2017); 1 for the VAE.
        input_shape: Shape of one example without the batch axis.
        activation: Name of the activation of the hidden layers.

    Returns:
        A `VAE`, not compiled.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import vae
        >>> model = vae(latent=2, units=(16,))
        >>> model.compile("adam")           # the model has its own loss
        >>> history = model.fit(np.zeros((8, 784)), verbose=0)
        >>> sorted(history.history)
        ['kl', 'loss', 'reconstruction']
        >>> ops.sigmoid(model.decoder(np.random.normal(size=(5, 2)))).shape     # five new images
        TensorShape([5, 784])
    """
    check_counts(latent=latent)
    check_sizes(units=units, input_shape=input_shape)
    inputs = keras.Input(tuple(input_shape))
    x = hidden_layers(inputs, units, activation)
    heads = [keras.layers.Dense(latent, name=name)(x) for name in ("mean", "log_variance")]
    encoder = keras.Model(inputs, heads, name="encoder")
    return VAE(encoder, dense_decoder(latent, units, input_shape, activation), beta)


@keras.saving.register_keras_serializable("course_lib")
class VAE(keras.Model):
    """A variational autoencoder of any encoder and decoder (Kingma & Welling 2014).

    Its loss, in nats per image and averaged over the batch, is the negative of the bound in their
    equation 3: the binary cross-entropy of the pixels, summed over an image, plus `beta` times the
    KL divergence of the code's distribution from N(0, I), summed over the code. The loss is part
    of the model: `compile` needs only an optimizer, and `fit` only images.

    Args:
        encoder: Model from images `(batch, …)` to `[mean, log_variance]`, both
            `(batch, latent)`.
        decoder: Model from codes `(batch, latent)` to logits of pixels `(batch, …)`.
        beta: Weight of the KL divergence.
        **kwargs: Further arguments of `keras.Model`, such as `name`.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import vae
        >>> model = vae(latent=3, units=(16,))
        >>> logits, mean, log_variance = model(np.zeros((2, 784)))
        >>> logits.shape, mean.shape
        (TensorShape([2, 784]), TensorShape([2, 3]))
    """

    def __init__(
        self, encoder: keras.Model, decoder: keras.Model, beta: float = 1.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.encoder, self.decoder, self.beta = encoder, decoder, beta
        self._noise = keras.random.SeedGenerator()
        self._reconstruction = keras.metrics.Mean(name="reconstruction")
        self._kl = keras.metrics.Mean(name="kl")
        self.built = True  # the encoder and the decoder are

    def call(self, x: Any) -> tuple[Any, Any, Any]:
        """Map images to `(logits, mean, log_variance)`, with one random code for each image."""
        mean, log_variance = self.encoder(x)
        noise = keras.random.normal(ops.shape(mean), seed=self._noise)
        # Mean and deviation are separate from the noise, so that both get a gradient (§2.4).
        return self.decoder(mean + ops.exp(0.5 * log_variance) * noise), mean, log_variance

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the loss of a batch: `y_pred` is what `call` returned for the images `x`."""
        logits, mean, log_variance = y_pred
        x = ops.cast(x, logits.dtype)
        # The binary cross-entropy of logits, in fewer passes over the pixels than Keras' own.
        pixels = ops.softplus(logits) - x * logits
        reconstruction = ops.sum(pixels) / ops.cast(ops.shape(x)[0], pixels.dtype)
        kl = ops.mean(ops.sum(kl_from_standard_normal(mean, log_variance), axis=-1))
        self._reconstruction.update_state(reconstruction)
        self._kl.update_state(kl)
        return reconstruction + self.beta * kl

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to build the model again."""
        models = {"encoder": self.encoder, "decoder": self.decoder}
        models = {name: keras.saving.serialize_keras_object(m) for name, m in models.items()}
        return {**super().get_config(), **models, "beta": self.beta}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> VAE:
        """Build the model from what `get_config` returned."""
        models = {
            name: keras.saving.deserialize_keras_object(config[name])
            for name in ("encoder", "decoder")
        }
        return cls(**{**config, **models})
