"""Training in half precision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras

from course_lib.training.find_half_layers import find_half_layers


@contextmanager
def mixed_precision(
    model: keras.Model, half: str = "float16", optimizer: Any = None
) -> Iterator[None]:
    """Compute in half precision inside the `with` block, and in float32 again after it.

    The weights stay float32, and so do the layers that `find_half_layers` leaves out. In float16
    the loss is scaled so that small gradients do not become 0 (Micikevicius et al. 2018, §3);
    bfloat16 has the exponents of float32 and does not need scaling (Kalamkar et al. 2019). After
    the block, only the weights of the model have changed.

    Args:
        model: A compiled Keras model.
        half: "float16" or "bfloat16".
        optimizer: What updates the weights inside the block. Default for float16: the optimizer of
            the model, in a `keras.optimizers.LossScaleOptimizer`.

    Example:
        >>> import keras
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8),
        ...                           keras.layers.Dense(8), keras.layers.Dense(2)])
        >>> model.compile("adam", "mse")
        >>> with mixed_precision(model):
        ...     [layer.compute_dtype for layer in model.layers]
        ['float32', 'float16', 'float32']
        >>> [layer.compute_dtype for layer in model.layers]
        ['float32', 'float32', 'float32']
    """
    layers = find_half_layers(model)
    policies = [layer.dtype_policy for layer in layers]
    before = model.optimizer
    if optimizer is None and half == "float16":
        optimizer = keras.optimizers.LossScaleOptimizer(before)
    try:
        for layer in layers:
            layer.dtype_policy = f"mixed_{half}"
        model.optimizer = optimizer or before
        yield
    finally:
        model.optimizer = before
        for layer, policy in zip(layers, policies, strict=True):
            layer.dtype_policy = policy
