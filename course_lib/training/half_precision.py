"""The half-precision type in which this machine trains a model faster."""

from __future__ import annotations

import keras

from course_lib.training.has_bfloat16_instructions import has_bfloat16_instructions
from course_lib.training.has_tensor_cores import has_tensor_cores


def half_precision(model: keras.Model) -> str | None:
    """Return the half-precision type in which this machine trains a model faster, if there is one.

    On GPUs with tensor cores it is float16. On a CPU with instructions for it (AMD since Zen 4,
    Intel's server CPUs) it is bfloat16 for networks with convolutions: small dense networks gain
    little, and depthwise convolutions get slower (MobileNet trains at half the speed, TensorFlow
    2.21).

    Args:
        model: A Keras model.

    Returns:
        "float16", "bfloat16", or None if float32 is best.

    Example:
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
        >>> half_precision(model) in ("float16", None)
        True
    """
    if has_tensor_cores():
        return "float16"
    kinds = {type(layer) for layer in model.layers}
    is_faster = keras.layers.Conv2D in kinds and keras.layers.DepthwiseConv2D not in kinds
    return "bfloat16" if is_faster and has_bfloat16_instructions() else None
