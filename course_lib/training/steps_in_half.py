"""Training and test steps in half precision, of a model that stays in float32."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras

from course_lib.training.mixed_precision import mixed_precision


@contextmanager
def steps_in_half(model: keras.Model, half: str, loss_scale: float = 2.0**15) -> Iterator[None]:
    """Let `fit` and `evaluate` compute in half precision inside the `with` block.

    TensorFlow turns `train_step` into a graph once; only while that runs does the model have other
    dtype policies and another optimizer. Between the steps, where callbacks save and use the model,
    it is as its author built it.

    Args:
        model: A compiled Keras model. With "float16" it uses the `train_step` of `keras.Model`,
            which scales the loss.
        half: "float16" or "bfloat16".
        loss_scale: Factor of the loss in the first steps, with "float16".

    Example:
        >>> import numpy as np
        >>> from course_lib.models import mlp
        >>> model = mlp((8, 8), classes=4, input_shape=(4,))
        >>> model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        >>> with steps_in_half(model, "bfloat16"):
        ...     history = model.fit(np.eye(4), np.arange(4), verbose=0)
        >>> {layer.compute_dtype for layer in model.layers}
        {'float32'}
    """
    optimizer = model.optimizer
    if half == "float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=loss_scale)
        if model.built:  # otherwise the first step creates its variables
            optimizer.build(model.trainable_variables)
    names = ("train_step", "test_step")
    own = {name: vars(model)[name] for name in names if name in vars(model)}
    for name in names:
        setattr(model, name, _wrap_step(model, getattr(model, name), half, optimizer))
    try:
        yield
    finally:
        for name in names:
            delattr(model, name)
        for name, step in own.items():
            setattr(model, name, step)


def _wrap_step(
    model: keras.Model, step: Callable[..., Any], half: str, optimizer: Any
) -> Callable[..., Any]:
    def step_in_half(*args: Any, **kwargs: Any) -> Any:
        with mixed_precision(model, half, optimizer):
            return step(*args, **kwargs)

    return step_in_half
