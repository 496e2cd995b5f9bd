"""The loss and optimizer of a model that was not compiled."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from course_lib.training.call_unchanged import call_unchanged
from course_lib.training.fixed_batch import fixed_batch
from course_lib.training.training_data import TrainingData

ADVICE = "Compile the model before fit: model.compile(optimizer, loss)."


def compile_classifier(model: keras.Model, data: TrainingData) -> None:
    """Compile a model for integer labels: AdamW, sparse categorical cross-entropy, accuracy.

    The model is called on a few examples. Whether its outputs are logits or probabilities is seen
    from the numbers, because any layer can compute a softmax.

    Args:
        model: A Keras model, built or not, with one output `(batch, …, classes)`.
        data: The training set.

    Raises:
        ValueError: The outputs and labels do not belong to a classification.

    Example:
        >>> model = keras.Sequential([keras.layers.Dense(3), keras.layers.Softmax()])
        >>> compile_classifier(model, TrainingData(np.eye(3), np.arange(3)))
        >>> model.loss.get_config()["from_logits"]
        False
    """
    # An RNN that is not built keeps the batch size of its first call.
    x, y = data.peek(fixed_batch(model) or (2 if model.built else data.batch_size))
    outputs = call_unchanged(model, x)
    if len(keras.tree.flatten(outputs)) != 1 or not hasattr(outputs, "shape"):
        raise ValueError(f"The model is not compiled and has several outputs. {ADVICE}")
    _check_labels(y if data.is_batched else data.y, tuple(outputs.shape))
    rows = keras.ops.convert_to_numpy(outputs).astype("float32")
    is_probability = bool(np.all(rows >= 0) and np.allclose(rows.sum(axis=-1), 1, atol=1e-2))
    model.compile(
        optimizer=keras.optimizers.AdamW(learning_rate=2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=not is_probability),
        metrics=["accuracy"],
    )


def _check_labels(labels: Any, outputs: tuple[int, ...]) -> None:
    if labels is None:
        raise ValueError(f"The model is not compiled, and there are no labels y. {ADVICE}")
    if len(keras.tree.flatten(labels)) != 1:
        raise ValueError(f"The model is not compiled, and there are several targets. {ADVICE}")
    labels = keras.ops.convert_to_numpy(labels) if hasattr(labels, "dtype") else np.array(labels)
    classes = outputs[-1]
    if classes < 2:
        raise ValueError(
            f"The model is not compiled, and its outputs {outputs} are not one logit per class. "
            f"{ADVICE}"
        )
    if labels.dtype.kind not in "biuf" or not np.array_equal(labels, np.floor(labels)):
        raise ValueError(f"The model is not compiled, and y does not hold integer labels. {ADVICE}")
    if labels.shape[1:] not in (outputs[1:-1], (*outputs[1:-1], 1)):
        hint = " Are the labels one-hot? y = y.argmax(axis=-1)" if labels.ndim > 1 else ""
        raise ValueError(
            f"The model is not compiled, and labels {labels.shape} do not fit outputs "
            f"{(None, *outputs[1:])}.{hint or ' ' + ADVICE}"
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"y has labels from {int(labels.min())} to {int(labels.max())}, and the model "
            f"{classes} outputs: it can learn the labels 0 to {classes - 1}"
        )
