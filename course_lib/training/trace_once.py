"""A training step that TensorFlow traces once instead of twice."""

from __future__ import annotations

from typing import Any

import keras

from course_lib.training.call_unchanged import call_unchanged
from course_lib.training.fixed_batch import fixed_batch


def trace_once(model: keras.Model, x: Any = None, y: Any = None) -> None:
    """Create the variables of the optimizer and the metrics before the training begins.

    Otherwise Keras creates them in the first training step. TensorFlow cannot reuse a graph that
    creates variables, so it traces the step a second time, which takes a second for a small CNN:
    longer than some trainings on a few hundred images.

    Neither weights nor results change. A model with its own `train_step` is left as it is, because
    it may have several optimizers, or train only some of its variables.

    Args:
        model: A compiled Keras model.
        x: Array `(n, …)` of training examples, or a list or dict of arrays; needed for the
            variables of compiled metrics.
        y: Targets `(n, …)`, in the same way; also for the metrics.

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
    has_unbuilt_metric = any(not getattr(metric, "built", True) for metric in model.metrics)
    if has_unbuilt_metric and x is not None and y is not None:
        few = fixed_batch(model) or 1
        few_x, few_y = keras.tree.map_structure(lambda part: part[:few], (x, y))
        model.compute_metrics(few_x, few_y, call_unchanged(model, few_x))
        model.reset_metrics()
