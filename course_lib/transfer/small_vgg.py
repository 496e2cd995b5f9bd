"""A small VGG that was pre-trained for the course."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from course_lib.blocks import vgg_block
from course_lib.transfer.weights_error import WeightsError

WEIGHTS = Path(__file__).with_name("small_vgg.npz")
PIXELS, CLASSES = 32, 100
BLOCKS = ((16, (3,)), (32, (3,)), (64, (3, 3)), (128, (3, 3)))


def small_vgg(
    weights: str | Path | None = "pretrained",
    include_top: bool = True,
    input_shape: tuple[int, int, int] = (PIXELS, PIXELS, 3),
) -> keras.Model:
    """Build a VGG of four narrow blocks with batch normalisation, 296,148 parameters.

    `tools/pretrain_small_vgg.py` trained it to classify the hundred classes of the synthetic
    stand-in for CIFAR-100; the ten classes of CIFAR-10 are not among them. Its inputs are the
    results of `keras.applications.vgg16.preprocess_input` for RGB pixels: blue, green and red,
    each minus its mean. The top is global average pooling and a softmax over the classes, which
    `course_lib.data.class_names("cifar100")` names.

    Args:
        weights: "pretrained", the path of another file of the same form, or None for random
            weights.
        include_top: Keep the top; without it the model ends at "block4_pool".
        input_shape: `(height, width, 3)`; it was trained on images of 32 × 32 pixels.

    Returns:
        A `keras.Model` from `(batch, height, width, 3)` to probabilities `(batch, 100)`, or
        without the top to `(batch, height // 16, width // 16, 128)`.

    Raises:
        ValueError: The images are too small or not in colour.
        WeightsError: The file is missing, or holds other arrays.

    Example:
        >>> from course_lib.transfer import small_vgg
        >>> small_vgg().count_params()
        296148
        >>> small_vgg(include_top=False).output_shape
        (None, 2, 2, 128)
    """
    if len(input_shape) != 3 or input_shape[2] != 3 or min(input_shape[:2]) < 2 ** len(BLOCKS):
        raise ValueError(
            f"input_shape is {input_shape}; small_vgg takes (height, width, 3) with sides of "
            f"{2 ** len(BLOCKS)} pixels or more"
        )
    inputs = x = keras.Input(tuple(input_shape))
    for number, (filters, kernel_sizes) in enumerate(BLOCKS, start=1):
        x = vgg_block(filters, kernel_sizes, batch_norm=True, name=f"block{number}")(x)
    features = keras.Model(inputs, x, name="small_vgg")
    for layer in features.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            # With Keras' 0.99, the averages keep their initial values for hundreds of updates.
            layer.momentum = 0.9
    x = keras.layers.GlobalAveragePooling2D(name="average")(x)
    x = keras.layers.Dense(CLASSES, activation="softmax", name="predictions")(x)
    whole = keras.Model(inputs, x, name="small_vgg")
    if weights is not None:
        _load_weights(whole, WEIGHTS if weights == "pretrained" else Path(weights))
    return whole if include_top else features


def _load_weights(model: keras.Model, path: Path) -> None:
    if not path.is_file():
        raise WeightsError(
            f"the weights of small_vgg are not at {path}",
            "Install course_lib again, or train them (minutes): "
            f"python tools/pretrain_small_vgg.py {path}",
        )
    with np.load(path) as file:
        arrays = [file[name].astype("float32") for name in file.files]
    if [a.shape for a in arrays] != [w.shape for w in model.weights]:
        raise WeightsError(
            f"{path} holds other arrays than the weights of small_vgg",
            'Use those of the course: small_vgg(weights="pretrained")',
        )
    model.set_weights(arrays)
