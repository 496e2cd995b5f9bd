"""CycleGAN: translation between two sets of images without pairs."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from course_lib.blocks.sub_pixel import SubPixel
from course_lib.models.check_sizes import check_sizes

CYCLE, IDENTITY = 10.0, 5.0  # the weights of Zhu et al. 2017, §4 and §5.2


def cyclegan(
    input_shape: tuple[int, int, int] = (28, 28, 1), filters: int = 16, critic_filters: int = 16
) -> CycleGAN:
    """Build a small CycleGAN (Zhu et al. 2017): two translators and two critics.

    A translator works at a quarter of the image's size: two 4 × 4 convolutions with stride 2, two
    of 3 × 3, and a sub-pixel step. A critic has two convolutions with stride 2 and one dense score.

    Args:
        input_shape: `(height, width, channels)` of the images of both sets, with sides that are
            multiples of 4.
        filters: Feature maps of a translator's first convolution; the next ones have three times
            as many.
        critic_filters: Feature maps of a critic's first convolution.

    Returns:
        A `CycleGAN`, not compiled. It is trained on pairs `(a, b)` of images from -1 to 1.

    Example:
        >>> import numpy as np
        >>> model = cyclegan()
        >>> model.compile()
        >>> images = np.zeros((8, 28, 28, 1), "float32")
        >>> history = model.fit(images, images, batch_size=4, verbose=0)
        >>> sorted(history.history)
        ['critic_loss', 'translator_loss']
        >>> model.to_b(images).shape
        TensorShape([8, 28, 28, 1])
    """
    check_sizes(input_shape=input_shape, filters=(filters,), critic_filters=(critic_filters,))
    translators = [_make_translator(input_shape, filters) for _ in range(2)]
    critics = [_make_critic(input_shape, critic_filters) for _ in range(2)]
    return CycleGAN(*translators, *critics)


def _make_translator(shape: tuple[int, int, int], filters: int) -> keras.Model:
    convolve = keras.layers.Conv2D
    return keras.Sequential(
        [
            keras.Input(shape),
            convolve(filters, 4, strides=2, padding="same", activation="leaky_relu"),
            convolve(3 * filters, 4, strides=2, padding="same", activation="leaky_relu"),
            convolve(3 * filters, 3, padding="same", activation="leaky_relu"),
            convolve(16 * shape[2], 3, padding="same", activation="tanh"),
            SubPixel(4),
        ]
    )


def _make_critic(shape: tuple[int, int, int], filters: int) -> keras.Model:
    layers: list[keras.Layer] = [keras.Input(shape)]
    for width in (filters, 2 * filters):
        layers += [
            keras.layers.Conv2D(width, 4, strides=2, padding="same"),
            keras.layers.LeakyReLU(negative_slope=0.2),
        ]
    return keras.Sequential([*layers, keras.layers.Flatten(), keras.layers.Dense(1)])


class CycleGAN(keras.Model):
    """Two translators and two critics with least-squares, cycle and identity losses.

    Args:
        to_b: Model from images of set A to images of set B.
        to_a: Model from images of set B to images of set A.
        critic_b: Model from images to scores `(batch, 1)`: 1 for real images of set B, 0 for
            translations.
        critic_a: The same for set A.
        **kwargs: Further arguments of `keras.Model`.
    """

    def __init__(
        self,
        to_b: keras.Model,
        to_a: keras.Model,
        critic_b: keras.Model,
        critic_a: keras.Model,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.to_b, self.to_a, self.critic_b, self.critic_a = to_b, to_a, critic_b, critic_a
        self._losses = [
            keras.metrics.Mean(name=f"{group}_loss") for group in ("translator", "critic")
        ]
        self.built = True  # all four networks are

    def compile(
        self,
        rate: float = 1e-3,
        critic_rate: float = 4e-4,
        cycle: float = CYCLE,
        identity: float = IDENTITY,
        **kwargs: Any,
    ) -> None:
        """Set the learning rates and the weights of the losses.

        Args:
            rate: Learning rate of the translators.
            critic_rate: Learning rate of the critics.
            cycle: Weight of the cycle loss; 0 leaves it out.
            identity: Weight of the identity loss; 0 leaves it out.
            **kwargs: Further arguments of `keras.Model.compile`.

        Raises:
            NotImplementedError: Keras runs on another backend than TensorFlow.
        """
        if keras.backend.backend() != "tensorflow":
            raise NotImplementedError(
                "CycleGAN trains with TensorFlow's gradient tape: set KERAS_BACKEND=tensorflow"
            )
        super().compile(optimizer=None, loss=None, **kwargs)
        self.cycle, self.identity = cycle, identity
        self.translator_optimizer = keras.optimizers.Adam(rate, beta_1=0.5)
        self.critic_optimizer = keras.optimizers.Adam(critic_rate, beta_1=0.5)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The mean losses of the translators and of the critics."""
        return self._losses

    def call(self, images: Any) -> Any:
        """Translate images of set A to set B."""
        return self.to_b(images)

    def train_step(self, pair: Any) -> dict[str, Any]:
        """Update the translators, then the critics, on images of both sets."""
        import tensorflow as tf

        a, b = (ops.cast(images, "float32") for images in pair)
        with tf.GradientTape() as tape:
            fake_b, fake_a = self.to_b(a, training=True), self.to_a(b, training=True)
            loss = self._translator_loss(a, b, fake_a, fake_b)
        weights = self.to_b.trainable_variables + self.to_a.trainable_variables
        self.translator_optimizer.apply(tape.gradient(loss, weights), weights)
        with tf.GradientTape() as tape:
            critic_loss = _judge(self.critic_a, a, fake_a) + _judge(self.critic_b, b, fake_b)
        weights = self.critic_a.trainable_variables + self.critic_b.trainable_variables
        self.critic_optimizer.apply(tape.gradient(critic_loss, weights), weights)
        for tracker, value in zip(self._losses, (loss, critic_loss), strict=True):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self._losses}

    def _translator_loss(self, a: Any, b: Any, fake_a: Any, fake_b: Any) -> Any:
        loss = ops.mean(ops.square(self.critic_b(fake_b) - 1))
        loss += ops.mean(ops.square(self.critic_a(fake_a) - 1))
        if self.cycle:
            back = _away(self.to_a(fake_b, training=True), a) + _away(
                self.to_b(fake_a, training=True), b
            )
            loss += self.cycle * back
        if self.identity:
            same = _away(self.to_a(a, training=True), a) + _away(self.to_b(b, training=True), b)
            loss += self.identity * same
        return loss


def _away(images: Any, others: Any) -> Any:
    return ops.mean(ops.abs(images - others))


def _judge(critic: keras.Model, real: Any, fake: Any) -> Any:
    """Return the critic's least-squares loss; half of it, as in Zhu et al. 2017, §4."""
    real_scores, fake_scores = critic(real, training=True), critic(fake, training=True)
    return (ops.mean(ops.square(real_scores - 1)) + ops.mean(ops.square(fake_scores))) / 2
