"""The generative adversarial network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from course_lib.models.check_sizes import check_sizes


def gan(
    noise: int = 64,
    generator_units: Sequence[int] = (1024, 1024),
    discriminator_units: Sequence[int] = (256, 256),
    pixels: int = 784,
    slope: float = 0.2,
) -> GAN:
    """Build a GAN of dense layers with leaky ReLUs (Goodfellow et al. 2014).

    Args:
        noise: Random numbers from which the generator makes an image.
        generator_units: Width of the generator's hidden layers, from the noise on.
        discriminator_units: Width of the discriminator's hidden layers, from the image on.
        pixels: Numbers in an image, from -1 to 1.
        slope: Slope of the leaky ReLUs for negative inputs.

    Returns:
        A `GAN`, not compiled.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import gan
        >>> model = gan(noise=4, generator_units=(8,), discriminator_units=(8,))
        >>> model.compile()
        >>> history = model.fit(np.ones((32, 784)), verbose=0)
        >>> sorted(history.history)
        ['discriminator_loss', 'generator_loss']
        >>> model.generator(np.zeros((5, 4))).shape     # five new images
        TensorShape([5, 784])
    """
    check_sizes(generator_units=generator_units, discriminator_units=discriminator_units)
    generator = _leaky_mlp(noise, generator_units, pixels, slope, "tanh", "generator")
    discriminator = _leaky_mlp(pixels, discriminator_units, 1, slope, None, "discriminator")
    return GAN(generator, discriminator)


def _leaky_mlp(
    inputs: int,
    units: Sequence[int],
    outputs: int,
    slope: float,
    activation: str | None,
    name: str,
) -> keras.Sequential:
    layers = [keras.Input((inputs,))]
    for width in units:
        layers += [keras.layers.Dense(width), keras.layers.LeakyReLU(slope)]
    layers.append(keras.layers.Dense(outputs, activation=activation))
    return keras.Sequential(layers, name=name)


@keras.saving.register_keras_serializable("course_lib")
class GAN(keras.Model):
    """A generative adversarial network of any generator and discriminator.

    One `train_step` updates both on the same generated images: the discriminator to distinguish
    them from real ones, the generator to be classified as real. The generator maximises
    log D(G(z)) instead of minimising log(1 - D(G(z))), whose gradient vanishes while D is sure
    (Goodfellow et al. 2014, §3).

    Args:
        generator: Model from noise `(batch, n)` to images `(batch, …)`.
        discriminator: Model from images to logits `(batch, 1)`, above 0 for "real".
        **kwargs: Further arguments of `keras.Model`, such as `name`.

    Example:
        >>> from course_lib.models import gan
        >>> gan(noise=16).generator.input_shape
        (None, 16)
    """

    def __init__(self, generator: keras.Model, discriminator: keras.Model, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.generator, self.discriminator = generator, discriminator
        self._noise = keras.random.SeedGenerator()
        self._losses = [
            keras.metrics.Mean(name=f"{network}_loss") for network in ("discriminator", "generator")
        ]
        self.built = True  # both networks are

    def compile(
        self, discriminator_rate: float = 2e-4, generator_rate: float = 2e-4, **kwargs: Any
    ) -> None:
        """Give each network its own Adam, with β₁ = 0.5 (Radford et al. 2016, §4).

        Args:
            discriminator_rate: Learning rate of the discriminator.
            generator_rate: Learning rate of the generator.
            **kwargs: Further arguments of `keras.Model.compile`.

        Raises:
            TypeError: A rate is not a number, or one optimizer or loss is given for both networks.
            NotImplementedError: Keras runs on another backend than TensorFlow.
        """
        if keras.backend.backend() != "tensorflow":
            raise NotImplementedError(
                "GAN trains with TensorFlow's gradient tape: set KERAS_BACKEND=tensorflow"
            )
        self._rates = {"discriminator_rate": discriminator_rate, "generator_rate": generator_rate}
        is_number = all(isinstance(rate, int | float) for rate in self._rates.values())
        if not is_number or {"optimizer", "loss"} & set(kwargs):
            raise TypeError(
                "A GAN has a loss and two optimizers of its own: write compile() or "
                "compile(discriminator_rate=2e-4, generator_rate=2e-4)"
            )
        super().compile(optimizer=None, loss=None, **kwargs)
        self.discriminator_optimizer = keras.optimizers.Adam(discriminator_rate, beta_1=0.5)
        self.generator_optimizer = keras.optimizers.Adam(generator_rate, beta_1=0.5)
        self.discriminator_optimizer.build(self.discriminator.trainable_variables)
        self.generator_optimizer.build(self.generator.trainable_variables)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The mean losses of the discriminator and the generator."""
        return self._losses

    def call(self, noise: Any) -> Any:
        """Return the images `(batch, …)` that the generator makes from noise `(batch, n)`."""
        return self.generator(noise)

    def train_step(self, real: Any) -> dict[str, Any]:
        """Update both networks once on a batch of real images."""
        losses, tape = self._adversarial_losses(ops.cast(real, "float32"))
        networks = [self.discriminator, self.generator]
        optimizers = [self.discriminator_optimizer, self.generator_optimizer]
        # Both gradients are computed before the first update: they belong to the same weights.
        gradients = [
            tape.gradient(loss, network.trainable_variables)
            for loss, network in zip(losses, networks, strict=True)
        ]
        for optimizer, gradient, network in zip(optimizers, gradients, networks, strict=True):
            optimizer.apply(gradient, network.trainable_variables)
        return self._track(losses)

    def test_step(self, real: Any) -> dict[str, Any]:
        """Compute both losses on a batch of real images, and update nothing."""
        losses, _ = self._adversarial_losses(ops.cast(real, "float32"), training=False)
        return self._track(losses)

    def _track(self, losses: list[Any]) -> dict[str, Any]:
        """Update the mean losses; return them by name."""
        for tracker, loss in zip(self._losses, losses, strict=True):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self._losses}

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs to build the model again."""
        networks = {"generator": self.generator, "discriminator": self.discriminator}
        saved = {name: keras.saving.serialize_keras_object(one) for name, one in networks.items()}
        return {"name": self.name, **saved}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> GAN:
        """Build the model from what `get_config` returned."""
        networks = {
            name: keras.saving.deserialize_keras_object(config[name])
            for name in ("generator", "discriminator")
        }
        return cls(**{**config, **networks})

    def get_compile_config(self) -> dict[str, Any]:
        """Return the arguments of `compile`."""
        return dict(self._rates) if self.compiled else {}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile the model with what `get_compile_config` returned."""
        self.compile(**config)

    def _adversarial_losses(self, real: Any, training: bool = True) -> tuple[list[Any], Any]:
        """Return the losses of the discriminator and the generator, and their tape."""
        import tensorflow as tf

        batch = ops.shape(real)[0]
        noise = keras.random.normal((batch, self.generator.input_shape[-1]), seed=self._noise)
        with tf.GradientTape(persistent=True) as tape:
            fake = self.generator(noise, training=training)
            logits = self.discriminator(ops.concatenate([real, fake]), training=training)
            real_logits, fake_logits = logits[:batch], logits[batch:]
            discriminator_loss = ops.mean(ops.softplus(-real_logits)) + ops.mean(
                ops.softplus(fake_logits)
            )
            generator_loss = ops.mean(ops.softplus(-fake_logits))
        return [discriminator_loss, generator_loss], tape
