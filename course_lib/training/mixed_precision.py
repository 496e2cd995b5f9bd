"""Half-precision arithmetic where the hardware is made for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import dropwhile
from pathlib import Path

import keras

COMPUTE_CAPABILITY = (7, 0)  # Volta, the first GPUs with tensor cores
BFLOAT16_INSTRUCTIONS = {"avx512_bf16", "amx_bf16"}  # as Linux names them


def half_precision(model: keras.Model) -> str | None:
    """The half-precision type in which this machine trains `model` faster, if there is one.

    On GPUs with tensor cores that is float16; on a processor with instructions for it (AMD since
    Zen 4, Intel in servers) bfloat16, for networks with convolutions: small dense ones gain little,
    and depthwise convolutions are slower in it (MobileNet: half as fast, TensorFlow 2.21).

    Args:
        model: A Keras model.

    Returns:
        "float16", "bfloat16", or None: then float32 is best.

    Example:
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
        >>> half_precision(model) in ("float16", None)
        True
    """
    if tensor_cores():
        return "float16"
    kinds = {type(layer) for layer in model.layers}
    gains = keras.layers.Conv2D in kinds and keras.layers.DepthwiseConv2D not in kinds
    return "bfloat16" if gains and bfloat16_instructions() else None


def tensor_cores() -> bool:
    """Whether every GPU that TensorFlow sees, and at least one, multiplies float16 fast.

    NVIDIA, "Train With Mixed Precision": GPUs of compute capability 7.0 or newer.

    Example:
        >>> tensor_cores() in (True, False)
        True
    """
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    return bool(gpus) and all(
        detail.get("compute_capability", (0, 0)) >= COMPUTE_CAPABILITY for detail in details
    )


@cache
def bfloat16_instructions() -> bool:
    """Whether the processor multiplies bfloat16, and TensorFlow's library for it (oneDNN) is on.

    Known under Linux only; elsewhere the answer is no.

    Example:
        >>> bfloat16_instructions() in (True, False)
        True
    """
    if os.environ.get("TF_ENABLE_ONEDNN_OPTS") == "0":
        return False
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8").split()
    except OSError:
        return False
    return not BFLOAT16_INSTRUCTIONS.isdisjoint(flags)


@contextmanager
def mixed_precision(model: keras.Model, half: str = "float16") -> Iterator[None]:
    """Compute in half precision inside the `with`, as float32 before and after it.

    Weights stay float32, and so do the model's outputs, because a loss needs the digits, and what
    stands before the first weights, because it prepares the images. In float16 the loss is
    scaled so that small gradients do not vanish (Micikevicius et al. 2018, §3); bfloat16 has the
    exponents of float32 and needs no such thing (Kalamkar et al. 2019). Afterwards the model
    is as it was, apart from its weights.

    Args:
        model: A compiled Sequential or Functional model.
        half: "float16" or "bfloat16".

    Example:
        >>> import keras
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8),
        ...                           keras.layers.Dense(2)])
        >>> model.compile("adam", "mse")
        >>> with mixed_precision(model):
        ...     [layer.compute_dtype for layer in model.layers]
        ['float16', 'float32']
        >>> [layer.compute_dtype for layer in model.layers]
        ['float32', 'float32']
    """
    outputs = getattr(model, "output_names", [model.layers[-1].name])
    learning = dropwhile(lambda layer: not layer.weights, model.layers)
    hidden = [layer for layer in learning if layer.name not in outputs]
    policies = [layer.dtype_policy for layer in hidden]
    optimizer = model.optimizer
    for layer in hidden:
        layer.dtype_policy = f"mixed_{half}"
    if half == "float16":
        model.optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    try:
        yield
    finally:
        model.optimizer = optimizer
        for layer, policy in zip(hidden, policies, strict=True):
            layer.dtype_policy = policy
