"""A training step that TensorFlow traces once instead of twice."""

from __future__ import annotations

import keras


def trace_once(model: keras.Model, x=None, y=None) -> None:
    """Make the optimizer's and the metrics' variables before the training begins.

    Left to itself, Keras makes them in the first training step. A graph that makes variables is
    good for one call, so TensorFlow traces the step once more, which for a small CNN takes a
    second: longer than some trainings of a few hundred images.

    Neither weights nor results change. A model with a `train_step` of its own is left alone: it
    may have several optimizers, or give its optimizer a part of the variables only.

    Args:
        model: A compiled Keras model.
        x: Array `(n, …)` to train on; needed where metrics are compiled, to make theirs.
        y: Targets `(n, …)`; as `x`.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import mlp
        >>> x, y = np.eye(4, dtype="float32"), np.arange(4)
        >>> model = mlp((8,), classes=4, input_shape=(4,))
        >>> loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        >>> model.compile("adam", loss, metrics=["accuracy"])
        >>> trace_once(model, x, y)
        >>> history = model.fit(x, y, verbose=0)
    """
    if type(model).train_step is not keras.Model.train_step or not model.built:
        return
    if model.optimizer and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    waiting = any(not getattr(metric, "built", True) for metric in model.metrics)
    if waiting and x is not None and y is not None:
        model.compute_metrics(x[:1], y[:1], model(x[:1], training=False))
        model.reset_metrics()
