"""The block from which VGG is built."""

from __future__ import annotations

import keras

from course_lib.blocks.block import Block


def vgg_block(
    filters: int,
    kernel_sizes: tuple[int, ...] = (3, 3),
    batch_norm: bool = False,
    name: str | None = None,
    momentum: float = 0.99,
) -> Block:
    """Make a block of convolutions that keep the size of the image, and a pooling that halves it.

    Two successive 3×3 convolutions see 5×5 pixels, three see 7×7, with fewer weights than one
    large kernel and a ReLU after each (Simonyan & Zisserman 2015, §2.3). Batch normalisation is
    newer than VGG; with it the convolutions have no bias, which it would subtract.

    Args:
        filters: Number of feature maps of every convolution.
        kernel_sizes: Kernel size of each convolution: 3, or 1 as in configuration C of the paper.
        batch_norm: Normalise over the batch between convolution and ReLU.
        name: Prefix of the names of the layers, as in "block1_conv1". Default: Keras names them.
        momentum: Momentum of the moving averages in batch normalisation; a training of a few
            hundred steps needs less than Keras' 0.99.

    Returns:
        A `Block` that maps `(batch, height, width, channels)` to
        `(batch, height // 2, width // 2, filters)`.

    Example:
        >>> import keras
        >>> from course_lib.blocks import vgg_block
        >>> model = keras.Sequential([keras.Input((32, 32, 3)), *vgg_block(64, name="block1")])
        >>> [layer.name for layer in model.layers]
        ['block1_conv1', 'block1_conv2', 'block1_pool']
        >>> model.output_shape
        (None, 16, 16, 64)
    """

    def layer_name(part: str) -> str | None:
        return name and f"{name}_{part}"

    def make_layers() -> list[keras.Layer]:
        layers = []
        for number, size in enumerate(kernel_sizes, start=1):
            layers.append(
                keras.layers.Conv2D(
                    filters,
                    size,
                    padding="same",
                    use_bias=not batch_norm,
                    activation=None if batch_norm else "relu",
                    name=layer_name(f"conv{number}"),
                )
            )
            if batch_norm:
                layers.append(
                    keras.layers.BatchNormalization(
                        momentum=momentum, name=layer_name(f"bn{number}")
                    )
                )
                layers.append(keras.layers.ReLU(name=layer_name(f"relu{number}")))
        layers.append(keras.layers.MaxPooling2D(2, strides=2, name=layer_name("pool")))
        return layers

    return Block(make_layers, name=f"vgg_block({filters})")
