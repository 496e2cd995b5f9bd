"""Training in half precision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import dropwhile

import keras


@contextmanager
def mixed_precision(model: keras.Model, half: str = "float16") -> Iterator[None]:
    """Compute in half precision inside the `with` block, and in float32 again after it.

    The weights stay float32. So do the outputs of the model, because a loss needs the digits, and
    the layers before the first weights, because they prepare the images. In float16 the loss is
    scaled so that small gradients do not become 0 (Micikevicius et al. 2018, §3); bfloat16 has the
    exponents of float32 and does not need scaling (Kalamkar et al. 2019). After the block, only
    the weights of the model have changed.

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
    after_inputs = dropwhile(lambda layer: not layer.weights, model.layers)
    hidden = [layer for layer in after_inputs if layer.name not in outputs]
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
