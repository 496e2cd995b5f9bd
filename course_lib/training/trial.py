"""A training after which the model is restored."""

from __future__ import annotations

import keras
import numpy as np

from course_lib.training.fused_adam import fused_adam

TEST_BATCH = 250  # examples


def trial(
    model: keras.Model,
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    epochs: int,
    batch_size: int = 32,
) -> float:
    """Train a model from its current weights, measure its accuracy, and restore the weights.

    The next trial of the same model starts from the same weights, on other data or for more
    epochs. TensorFlow need not build the training step again, which takes longer than training a
    small network on a few images.

    Args:
        model: A compiled Keras model that returns one logit or probability for each class.
        train: `(x, y)` with integer labels; only complete batches are used.
        test: `(x, y)`.
        epochs: Number of passes over the training images.
        batch_size: Examples in an update.

    Returns:
        Accuracy of the trained model on the test examples, in [0, 1].

    Raises:
        ValueError: The model is not compiled, or there is less than one batch.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import mlp
        >>> model = mlp((8,), classes=2, input_shape=(4,))
        >>> model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        >>> x, y = np.eye(4, dtype="float32"), np.array([0, 0, 1, 1])
        >>> 0 <= trial(model, (x, y), (x, y), epochs=3, batch_size=4) <= 1
        True
    """
    if not model.compiled:
        raise ValueError("The model is not compiled: call model.compile(optimizer, loss) first.")
    x, y = train
    steps = len(x) // batch_size
    if not steps:
        raise ValueError(
            f"{len(x)} examples are less than one batch of {batch_size}: "
            "use more examples or a smaller batch_size."
        )
    # All variables have to exist before they can be restored.
    model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables]
    before = [keras.ops.convert_to_numpy(variable).copy() for variable in variables]
    order = np.random.default_rng(0)
    with fused_adam(model):
        for _ in range(epochs):
            for batch in order.permutation(len(x))[: steps * batch_size].reshape(steps, -1):
                model.train_on_batch(x[batch], y[batch])
    accuracy = _compute_accuracy(model, *test)
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)
    return accuracy


def _compute_accuracy(model: keras.Model, x: np.ndarray, y: np.ndarray) -> float:
    # Called directly: building a graph for so few images would take longer.
    outputs = [
        keras.ops.convert_to_numpy(model(x[start : start + TEST_BATCH], training=False))
        for start in range(0, len(x), TEST_BATCH)
    ]
    return float(np.mean(np.concatenate(outputs).argmax(axis=-1) == np.ravel(y)))
