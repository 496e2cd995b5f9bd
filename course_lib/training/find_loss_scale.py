"""The loss scale with which a training in float16 begins."""

from __future__ import annotations

from typing import Any

import keras

from course_lib.training.mixed_precision import mixed_precision

LARGEST = 2.0**15  # that of Keras
_MARGIN = 4  # the gradients of other examples are larger


def find_loss_scale(model: keras.Model, x: Any, y: Any) -> float | None:
    """Return a loss scale at which the gradients of a few examples are finite in float16.

    float16 ends at 65,504. Keras begins with 32,768 times the loss, halves that after each update
    that overflows, and skips the update. If the loss is large, a short training would lose many of
    its updates.

    Args:
        model: A compiled and built model with the `train_step` of `keras.Model`.
        x: A few examples, as the model takes them.
        y: Their targets, or None.

    Returns:
        A power of two up to 32,768, at which four times larger gradients are finite, too; None if
        the outputs or the gradients are not finite at all.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import mlp
        >>> model = mlp((8, 8), classes=4, input_shape=(4,))
        >>> model.compile("sgd", "mse")
        >>> [find_loss_scale(model, np.eye(4), size * np.eye(4)) for size in (1, 1e9)]
        [32768.0, None]
    """
    import tensorflow as tf

    weights = [variable.value for variable in model.trainable_variables]
    with (
        mixed_precision(model, "float16", model.optimizer),
        tf.GradientTape(persistent=True) as tape,
    ):
        # Keras reads regularized weights from the scope alone.
        with keras.StatelessScope([(one, one.value) for one in model.variables]):
            outputs = model(x, training=True)
            loss = model.compute_loss(x=x, y=y, y_pred=outputs, sample_weight=None)
        scale = LARGEST
        while all(map(_is_finite, keras.tree.flatten(outputs))) and scale >= 1:
            with tape.stop_recording():
                gradients = tape.gradient(
                    loss, weights, output_gradients=tf.fill((), _MARGIN * scale)
                )
            if all(_is_finite(one) for one in gradients if one is not None):
                return scale
            scale /= 4
    return None


def _is_finite(tensor: Any) -> bool:
    return bool(keras.ops.all(keras.ops.isfinite(tensor)))
