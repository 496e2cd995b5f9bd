"""U-Net: a label for every pixel."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks.convolve_twice import convolve_twice
from course_lib.blocks.unet_decoder_block import unet_decoder_block
from course_lib.blocks.unet_encoder_block import unet_encoder_block
from course_lib.models.check_sizes import check_sizes


def unet(
    classes: int = 2,
    filters: int = 64,
    depth: int = 4,
    input_shape: Sequence[int | None] = (572, 572, 1),
    padding: str = "valid",
    skips: bool = True,
) -> keras.Model:
    """Build U-Net (Ronneberger, Fischer & Brox 2015, figure 1).

    The encoder halves height and width `depth` times and doubles the feature maps each time; the
    decoder goes back, and gets at each size what the encoder saw there (`unet_encoder_block`,
    `unet_decoder_block`). The defaults are those of the paper: without padding, 572 × 572 pixels
    become logits for the inner 388 × 388, in 23 convolutional layers. The paper's dropout at the
    end of the encoder is left out.

    Args:
        classes: Number of classes.
        filters: Feature maps at the first size.
        depth: How many times the image is halved.
        input_shape: `(height, width, channels)`. With padding "same", height and width may be
            None: then the network takes every size that can be halved `depth` times.
        padding: "valid" as in the paper, or "same": the logits are as large as the image.
        skips: Whether the decoder gets what the encoder saw.

    Returns:
        A Functional model, not compiled, from images `(batch, height, width, channels)` to logits
        `(batch, height', width', classes)`.

    Raises:
        ValueError: A side is odd before a pooling, or too small.

    Example:
        >>> model = unet(classes=3, filters=4, depth=2, input_shape=(None, None, 1), padding="same")
        >>> model.output_shape, model.count_params()
        ((None, None, None, 3), 7407)
    """
    check_sizes(classes=(classes,), filters=(filters,), depth=(depth,), input_shape=input_shape)
    for side in input_shape[:2]:
        _check_side(side, depth, padding)
    inputs = x = keras.Input(tuple(input_shape))
    kept = []
    for level in range(depth):
        skip, x = unet_encoder_block(filters * 2**level, padding)(x)
        kept.append(skip)
    x = convolve_twice(x, filters * 2**depth, padding)
    for level in reversed(range(depth)):
        x = unet_decoder_block(filters * 2**level, padding, skips)((x, kept[level]))
    return keras.Model(inputs, keras.layers.Conv2D(classes, 1)(x), name="unet")


def _check_side(side: int | None, depth: int, padding: str) -> None:
    if padding not in ("same", "valid"):
        raise ValueError(f'padding={padding!r}: write "same" or "valid".')
    if side is None:
        if padding == "valid":
            raise ValueError('Without padding, a U-Net needs a size: write padding="same".')
        return
    now = side
    for _ in range(depth):
        now -= 4 if padding == "valid" else 0
        if now < 2 or now % 2:
            raise ValueError(
                f"A side of {side} pixels cannot be halved {depth} times: before a pooling it has "
                f"{now} pixels. Use another size, or a smaller depth."
            )
        now //= 2
    if padding == "valid" and now <= 4:
        raise ValueError(f"A side of {side} pixels is too small for a depth of {depth}.")
