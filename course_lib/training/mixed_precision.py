"""Half-precision arithmetic where the hardware is made for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras

COMPUTE_CAPABILITY = (7, 0)  # Volta, the first GPUs with tensor cores


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


@contextmanager
def mixed_precision(model: keras.Model) -> Iterator[None]:
    """Compute in float16 inside the `with`, as float32 before and after it.

    Weights stay float32, and so do the model's outputs, because a loss needs the digits; the
    loss is scaled so that small gradients do not vanish in float16 (Micikevicius et al. 2018,
    §3). Afterwards the model is as it was, apart from its weights.

    Args:
        model: A compiled Sequential or Functional model.

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
    hidden = [layer for layer in model.layers if layer.name not in outputs]
    policies = [layer.dtype_policy for layer in hidden]
    optimizer = model.optimizer
    for layer in hidden:
        layer.dtype_policy = "mixed_float16"
    model.optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    try:
        yield
    finally:
        model.optimizer = optimizer
        for layer, policy in zip(hidden, policies, strict=True):
            layer.dtype_policy = policy
