"""The half-precision type in which this machine trains a model faster."""

from __future__ import annotations

import keras

from course_lib.training.find_half_layers import find_half_layers
from course_lib.training.has_bfloat16_instructions import has_bfloat16_instructions
from course_lib.training.has_tensor_cores import has_tensor_cores

_SLOW = (keras.layers.DepthwiseConv2D, keras.layers.SeparableConv2D)


def half_precision(model: keras.Model) -> str | None:
    """Return the half-precision type in which this machine trains a model faster, if there is one.

    On GPUs with tensor cores it is float16, if Keras' own `train_step` can scale the loss. A model
    with its own `train_step`, without an optimizer or with a scaled one gets bfloat16 where the
    GPU has it (NVIDIA since Ampere), and float32 elsewhere.

    On a CPU with instructions for it (AMD since Zen 4, Intel's server CPUs) it is bfloat16 for
    networks with convolutions, also in nested models: small dense networks gain little,
    small autoencoders with transposed convolutions neither gain nor lose, and depthwise
    convolutions get slower (MobileNet trains at half the speed, TensorFlow 2.21).

    A model with layers that have another dtype policy than float32 is left as it is.

    Args:
        model: A Keras model.

    Returns:
        "float16", "bfloat16", or None if float32 is best.

    Example:
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
        >>> half_precision(model) is None       # its only layer computes the outputs
        True
    """
    if keras.backend.backend() != "tensorflow" or not _is_float32(model):
        return None
    layers = [layer for layer in find_half_layers(model) if layer.weights]
    if not layers:
        return None
    if has_tensor_cores():
        if _scales_loss(model):
            return "float16"
    elif not _has(keras.layers.Conv2D, layers) or _has(_SLOW, model._flatten_layers()):
        return None
    return "bfloat16" if has_bfloat16_instructions() else None


def _has(kinds: type | tuple[type, ...], layers: list[keras.Layer]) -> bool:
    return any(isinstance(layer, kinds) for layer in layers)


def _is_float32(model: keras.Model) -> bool:
    return all(layer.dtype_policy.name == "float32" for layer in model._flatten_layers())


def _scales_loss(model: keras.Model) -> bool:
    """Return whether the training step multiplies the loss and divides the gradients."""
    optimizer = model.optimizer if model.compiled else keras.optimizers.SGD()
    return (
        type(model).train_step is keras.Model.train_step
        and "train_step" not in vars(model)
        and optimizer is not None
        # Adafactor in a LossScaleOptimizer makes weights NaN (Keras 3.15).
        and not isinstance(
            optimizer, keras.optimizers.LossScaleOptimizer | keras.optimizers.Adafactor
        )
        and optimizer.loss_scale_factor is None
    )
