"""The GAN of convolutions: DCGAN."""

from __future__ import annotations

import keras

from course_lib.models.gan import GAN

SIDE = 7  # of the smallest feature map; doubled twice, it is 28


def dcgan(noise: int = 64, channels: int = 64, slope: float = 0.2) -> GAN:
    """Build a GAN of strided convolutions for 28 × 28 images (Radford et al. 2016, §3).

    The generator doubles 7 × 7 feature maps twice, by transposed convolutions with batch
    normalisation; the discriminator halves the image twice.

    Args:
        noise: Random numbers from which the generator makes an image.
        channels: Channels of the generator's last hidden layer and the discriminator's first.
        slope: Slope of the leaky ReLUs in the discriminator.

    Returns:
        A `GAN`, not compiled, for images `(batch, 28, 28, 1)` from -1 to 1.

    Example:
        >>> model = dcgan(noise=16, channels=8)
        >>> model.generator.output_shape, model.discriminator.output_shape
        ((None, 28, 28, 1), (None, 1))
    """
    generator = keras.Sequential(
        [
            keras.Input((noise,)),
            keras.layers.Dense(SIDE * SIDE * 2 * channels, use_bias=False),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            keras.layers.Reshape((SIDE, SIDE, 2 * channels)),
            keras.layers.Conv2DTranspose(channels, 4, strides=2, padding="same", use_bias=False),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            keras.layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )
    discriminator = keras.Sequential(
        [
            keras.Input((4 * SIDE, 4 * SIDE, 1)),
            keras.layers.Conv2D(channels, 4, strides=2, padding="same"),
            keras.layers.LeakyReLU(slope),
            keras.layers.Conv2D(2 * channels, 4, strides=2, padding="same"),
            keras.layers.LeakyReLU(slope),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ],
        name="discriminator",
    )
    return GAN(generator, discriminator)
