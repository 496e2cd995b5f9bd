"""Style transfer: an image with the content of one and the style of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import ArrayLike

MEANS = (103.939, 116.779, 123.68)  # of blue, green and red, as VGG's preprocessing subtracts them
WEIGHTS = {"content": 1.0, "style": 1.0, "variation": 1e-4}


def style_extractor(network: keras.Model, layers: Sequence[str]) -> keras.Model:
    """Build a frozen model from RGB pixels, 0 to 255, to the outputs of some layers.

    Args:
        network: A VGG without its top, whose inputs are blue, green and red minus their means.
        layers: The names of the layers, in the order of the results.

    Returns:
        A model from images `(batch, height, width, 3)` of any size that the network takes to a
        list of feature maps, or for one layer to its feature maps.

    Example:
        >>> from course_lib.transfer import small_vgg
        >>> model = style_extractor(small_vgg(include_top=False), ["block1_relu1", "block3_relu2"])
        >>> [shape[-1] for shape in model.output_shape]
        [16, 64]
    """
    kept = [network.get_layer(name).output for name in layers]
    features = keras.Model(network.inputs, kept if len(kept) > 1 else kept[0])
    inputs = keras.Input(network.input_shape[1:])
    # A convolution of 1 × 1 swaps the colours and subtracts the means.
    swap = keras.layers.Conv2D(3, 1, name="to_vgg")
    outputs = features(swap(inputs))
    swap.set_weights([np.eye(3)[::-1][None, None], -np.array(MEANS)])
    model = keras.Model(inputs, outputs)
    model.trainable = False
    return model


def gram_matrix(features: Any) -> Any:
    """Return the Gram matrices of feature maps `(batch, height, width, c)`: `(batch, c, c)`.

    An entry is the mean over all pixels of the product of two channels.
    """
    pixels = ops.shape(features)[1] * ops.shape(features)[2]
    return ops.einsum("bhwc,bhwd->bcd", features, features) / ops.cast(pixels, "float32")


def style_transfer(
    extractor: keras.Model,
    content: ArrayLike,
    style: ArrayLike,
    weights: Mapping[str, float] | None = None,
    steps: int = 100,
    rate: float = 5.0,
) -> np.ndarray:
    """Optimise an image until it has the content of one image and the style of another.

    Gatys, Ecker & Bethge 2016. The image starts at the content and changes; the network does not.
    Both losses are divided by their values at the start or at a grey image, so that the weights do
    not depend on the network.

    Args:
        extractor: From `style_extractor`. The last feature map is for the content, all others are
            for the style.
        content: RGB pixels `(height, width, 3)`, 0 to 255.
        style: The same; its size may differ if the extractor takes it.
        weights: Weights of "content", "style" and "variation"; missing ones are as in `WEIGHTS`.
        steps: Updates of the image.
        rate: Learning rate of Adam, in grey levels.

    Returns:
        float32 `(height, width, 3)`, 0 to 255.

    Raises:
        ValueError: A weight has another name.
        NotImplementedError: Keras runs on another backend than TensorFlow.

    Example:
        >>> from course_lib.transfer import small_vgg
        >>> model = style_extractor(small_vgg(include_top=False), ["block1_relu1", "block2_relu1"])
        >>> grey = np.full((32, 32, 3), 128.0)
        >>> style_transfer(model, grey, grey, steps=1).shape
        (32, 32, 3)
    """
    unknown = set(weights or {}) - set(WEIGHTS)
    if unknown:
        raise ValueError(f"Unknown weights {sorted(unknown)}. There are: {', '.join(WEIGHTS)}")
    if keras.backend.backend() != "tensorflow":
        raise NotImplementedError("style_transfer needs KERAS_BACKEND=tensorflow")
    start, example = (np.asarray(image, "float32")[None] for image in (content, style))
    loss = _make_loss(extractor, start, example, {**WEIGHTS, **(weights or {})})
    return _optimise(loss, start, steps, rate)


def _make_loss(
    extractor: keras.Model, start: np.ndarray, example: np.ndarray, weights: Mapping[str, float]
) -> Any:
    content = extractor(start)[-1]
    targets = [gram_matrix(features) for features in extractor(example)[:-1]]
    sizes = [ops.mean(ops.square(target)) for target in targets]
    scale = ops.mean(ops.square(content))

    def loss(image: Any) -> Any:
        *styles, now = extractor(image)
        total = weights["content"] * ops.mean(ops.square(now - content)) / scale
        for features, target, size in zip(styles, targets, sizes, strict=True):
            away = ops.mean(ops.square(gram_matrix(features) - target)) / size
            total += weights["style"] * away / len(targets)
        down, right = image[:, 1:] - image[:, :-1], image[:, :, 1:] - image[:, :, :-1]
        rough = ops.mean(ops.square(down)) + ops.mean(ops.square(right))
        return total + weights["variation"] * rough

    return loss


def _optimise(loss: Any, start: np.ndarray, steps: int, rate: float) -> np.ndarray:
    import tensorflow as tf

    image = keras.Variable(start)
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build([image])

    def update() -> None:
        with tf.GradientTape() as tape:
            value = loss(image.value)
        optimizer.apply([tape.gradient(value, image.value)], [image])
        image.assign(ops.clip(image, 0.0, 255.0))

    run = tf.function(update)
    for _ in range(steps):
        run()
    return ops.convert_to_numpy(image)[0]
