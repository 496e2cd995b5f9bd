"""A training that leaves no trace."""

from __future__ import annotations

import keras
import numpy as np

from course_lib.training.fused_adam import fused_adam


def trial(
    model: keras.Model,
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    epochs: int,
    batch_size: int = 32,
) -> float:
    """Train `model` from the weights that it has, measure it, and put everything back.

    The next trial of the same model begins where this one began, on other data or for longer; and
    TensorFlow need not build the training step once more, which takes longer than to train a
    small network on a few images.

    Args:
        model: A compiled Keras model that gives one logit or probability for each class.
        train: `(x, y)`, integer labels; trained on whole batches only.
        test: `(x, y)`.
        epochs: How often each training image is seen.
        batch_size: Examples an update.

    Returns:
        Share of the test examples that the trained model gets right, in [0, 1].

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
        raise ValueError("The model is not compiled: model.compile(optimizer, loss) comes first.")
    x, y = train
    steps = len(x) // batch_size
    if not steps:
        raise ValueError(f"{len(x)} examples are less than one batch of {batch_size}.")
    # Whatever its training step is: what is not there yet could not be put back.
    model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables]
    before = [keras.ops.convert_to_numpy(variable).copy() for variable in variables]
    order = np.random.default_rng(0)
    with fused_adam(model):
        for _ in range(epochs):
            for batch in order.permutation(len(x))[: steps * batch_size].reshape(steps, -1):
                model.train_on_batch(x[batch], y[batch])
    starts = range(0, len(test[0]), 250)
    # Called as it is: to build a graph for so few images would take longer.
    outputs = np.concatenate(
        [keras.ops.convert_to_numpy(model(test[0][at : at + 250], training=False)) for at in starts]
    )
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)
    return float(np.mean(outputs.argmax(axis=-1) == np.ravel(test[1])))
