"""Adam in one pass over the weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras

_KINDS = (keras.optimizers.Adam, keras.optimizers.AdamW)


@contextmanager
def fused_adam(model: keras.Model) -> Iterator[None]:
    """Update each weight array in one operation inside the `with` block, with Adam and AdamW.

    Keras writes an update (Kingma & Ba 2015, algorithm 1) as a dozen operations. Each of them
    reads all weights and has to be traced. TensorFlow has the same formula as one operation,
    `ResourceApplyAdam`; its weights differ only by rounding. Keras still does the updates of other
    optimizers, of AMSGrad, of sparse gradients, and of other backends.

    Args:
        model: A compiled Keras model; optimizers in other attributes of the model are included.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import mlp
        >>> model = mlp((8,), classes=4, input_shape=(4,))
        >>> model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        >>> with fused_adam(model):
        ...     history = model.fit(np.eye(4), np.arange(4), verbose=0)
    """
    if keras.backend.backend() != "tensorflow":
        yield
        return
    optimizers = [model.optimizer, *vars(model).values()]
    adams = {id(one): one for one in optimizers if type(one) in _KINDS and not one.amsgrad}
    for adam in adams.values():
        adam.update_step = _make_update_step(adam)
    try:
        yield
    finally:
        for adam in adams.values():
            del adam.update_step


def _make_update_step(adam: Any) -> Callable[[Any, Any, Any], Any]:
    import tensorflow as tf

    def update_step(gradient: Any, variable: Any, learning_rate: Any) -> Any:
        is_dense = not isinstance(gradient, tf.IndexedSlices) and gradient.dtype == variable.dtype
        handles = _find_handles(adam, variable) if is_dense else None
        if handles is None:
            return type(adam).update_step(adam, gradient, variable, learning_rate)
        step = tf.cast(tf.convert_to_tensor(adam.iterations) + 1, variable.dtype)
        return tf.raw_ops.ResourceApplyAdam(
            **handles,
            beta1_power=tf.pow(tf.cast(adam.beta_1, variable.dtype), step),
            beta2_power=tf.pow(tf.cast(adam.beta_2, variable.dtype), step),
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=adam.beta_1,
            beta2=adam.beta_2,
            epsilon=adam.epsilon,
            grad=gradient,
        )

    return update_step


def _find_handles(adam: Any, variable: Any) -> dict[str, Any] | None:
    """Return the handles of the weights and their two moments, or None if this Keras has others."""
    try:
        index = adam._get_variable_index(variable)
        m, v = adam._momentums[index], adam._velocities[index]
        return {"var": variable.handle, "m": m.value.handle, "v": v.value.handle}
    except AttributeError:
        return None
