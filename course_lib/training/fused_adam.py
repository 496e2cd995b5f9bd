"""Adam in one pass over the weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf


@contextmanager
def fused_adam(model: keras.Model) -> Iterator[None]:
    """Within it, the model's Adam and AdamW update each weight array in one operation.

    Keras writes an update (Kingma & Ba 2015, algorithm 1) as a dozen operations, each of which
    goes through all weights, and each of which has to be traced. TensorFlow has the same formula
    as one operation, `ResourceApplyAdam`: the weights are the same but for rounding. Other
    optimizers, AMSGrad and sparse gradients stay with Keras.

    Args:
        model: A compiled Keras model; optimizers that it has under names of its own count, too.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import mlp
        >>> model = mlp((8,), classes=4, input_shape=(4,))
        >>> model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        >>> with fused_adam(model):
        ...     history = model.fit(np.eye(4), np.arange(4), verbose=0)
    """
    optimizers = [model.optimizer, *vars(model).values()]
    adams = {id(one): one for one in optimizers if type(one) in _KINDS and not one.amsgrad}
    for adam in adams.values():
        adam.update_step = _update_step(adam)
    try:
        yield
    finally:
        for adam in adams.values():
            del adam.update_step


_KINDS = (keras.optimizers.Adam, keras.optimizers.AdamW)


def _update_step(adam):
    def update_step(gradient, variable, learning_rate):
        dense = not isinstance(gradient, tf.IndexedSlices) and gradient.dtype == variable.dtype
        handles = _handles(adam, variable) if dense else None
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


def _handles(adam, variable):
    """Of the weights and their two moments; None where this Keras keeps them under other names."""
    try:
        place = adam._get_variable_index(variable)
        m, v = adam._momentums[place], adam._velocities[place]
        return {"var": variable.handle, "m": m.value.handle, "v": v.value.handle}
    except AttributeError:
        return None
