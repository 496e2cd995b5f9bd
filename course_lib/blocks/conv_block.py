"""A convolutional block."""

from __future__ import annotations

import keras

from course_lib.blocks.block import Block

# Keras' 0.99 averages over some hundred batches. At the end of a short training, such averages are
# still close to their initial values, and the network predicts as if it were untrained.
MOMENTUM = 0.9


def conv_block(
    filters: int,
    kernel_size: int | tuple[int, int] = 3,
    strides: int = 1,
    activation: str = "relu",
    batch_norm: bool = True,
    pool: bool = False,
    padding: str = "same",
    scale: bool = True,
) -> Block:
    """Make a block of a convolution, batch normalisation and an activation.

    With batch normalisation the convolution has no bias: the normalisation would subtract it, and
    has its own shift (Ioffe & Szegedy 2015, §3.2). The optional max-pooling follows directly
    after the convolution: for a monotonic activation the order does not change the result, and
    the activation of the pooled maps costs a quarter.

    Args:
        filters: Number of filters, that is, of output channels.
        kernel_size: Height and width of a filter, in pixels.
        strides: Pixels from one position of a filter to the next.
        activation: Name of a Keras activation.
        batch_norm: Normalise each channel over the batch before the activation.
        pool: Halve height and width with a 2 × 2 max-pooling.
        padding: "same", or "valid": no zeros around the image, which then shrinks.
        scale: Let batch normalisation learn a factor for each channel as well as a shift. A ReLU
            followed by another convolution does not need it.

    Returns:
        A `Block` that maps `(batch, height, width, channels)` to `(batch, ⌈height / strides⌉,
        ⌈width / strides⌉, filters)` (padding "same"); with `pool`, half of that, rounded down.

    Example:
        >>> import keras
        >>> from course_lib.blocks import conv_block
        >>> model = keras.Sequential([keras.Input((32, 32, 3)), *conv_block(16)])
        >>> [type(layer).__name__ for layer in model.layers], model.output_shape
        (['Conv2D', 'BatchNormalization', 'Activation'], (None, 32, 32, 16))
        >>> inputs = keras.Input((32, 32, 3))
        >>> conv_block(16, kernel_size=5, strides=2, batch_norm=False, pool=True)(inputs).shape
        (None, 8, 8, 16)
    """

    def make_layers() -> list[keras.Layer]:
        layers = [
            keras.layers.Conv2D(
                filters, kernel_size, strides=strides, padding=padding, use_bias=not batch_norm
            )
        ]
        if pool:
            layers.append(keras.layers.MaxPooling2D())
        if batch_norm:
            layers.append(keras.layers.BatchNormalization(momentum=MOMENTUM, scale=scale))
        return [*layers, keras.layers.Activation(activation)]

    return Block(make_layers, name=f"conv_block({filters})")
