"""`model.fit` with the settings that an experienced user would choose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from math import ceil, floor
from typing import Any

import keras

from course_lib import profile as profiles
from course_lib.training.fused_adam import fused_adam
from course_lib.training.half_precision import half_precision
from course_lib.training.mixed_precision import mixed_precision
from course_lib.training.progress_bar import ProgressBar
from course_lib.training.steps_per_execution import steps_per_execution
from course_lib.training.trace_once import trace_once
from course_lib.training.warmup_cosine import WarmupCosine

EPOCHS = {"quick": 6, "full": 20}
# Before 3.7, Keras aborts an execution that is longer than the data, with a message on stderr.
_SHORT_EXECUTIONS = tuple(map(int, keras.__version__.split(".")[:2])) >= (3, 7)


def fit(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    epochs: int | None = None,
    batch_size: int = 128,
    validation_split: float = 0.0,
    validation_data: Any = None,
    callbacks: Iterable[keras.callbacks.Callback] = (),
    profile: str | None = None,
    verbose: bool = True,
) -> keras.callbacks.History:
    """Train a model and return Keras' `History`, as `model.fit` does, but faster.

    It adds to `model.fit`:

    - several updates in one call of TensorFlow, so that Python does not slow down a small model;
    - a learning rate that warms up and then falls along a cosine; its peak is the learning rate of
      the optimizer (an optimizer with its own schedule keeps it);
    - Adam in one pass over the weights on a CPU (`fused_adam`);
    - mixed precision if the hardware gains from it (`half_precision`): on a GPU with tensor cores,
      together with XLA, and for convolutions on a CPU that multiplies bfloat16;
    - one line of progress for the whole training.

    A model that is not compiled is compiled as a classifier of integer labels: AdamW
    (Loshchilov & Hutter 2019), sparse categorical cross-entropy, accuracy. After the training,
    only the weights and the state of the optimizer have changed.

    Args:
        model: A Keras model.
        x: Array `(n, …)`, or a `tf.data.Dataset` of batches `(x, y)`.
        y: Labels `(n, …)`; None with a `tf.data.Dataset`.
        epochs: Number of passes over the examples. Default: 6 in the quick profile, 20 in the
            full one.
        batch_size: Examples in an update; ignored with a `tf.data.Dataset`.
        validation_split: Share of `x` and `y`, at their end, that is used for validation.
        validation_data: `(x, y)` or a `tf.data.Dataset`, instead of `validation_split`.
        callbacks: Further Keras callbacks.
        profile: "quick", "full", or None for the current profile.
        verbose: Show the progress bar, unless `callbacks` has a `LiveCurves`.

    Returns:
        `keras.callbacks.History`: `history.history["loss"]` has one value per epoch.

    Raises:
        ValueError: `profile` is unknown, or `x` is empty.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import mlp
        >>> x, y = np.eye(4, dtype="float32"), np.arange(4)
        >>> history = fit(mlp((8,), 4, (4,)), x, y, epochs=2, verbose=False)
        >>> sorted(history.history), len(history.history["loss"])
        (['accuracy', 'loss'], 2)
    """
    epochs = epochs or EPOCHS[profiles.resolve(profile)]
    if not model.compiled:
        _compile_classifier(model)
    peak = _find_constant_rate(model.optimizer)
    is_batched = _is_dataset(x)
    trace_once(model, None if is_batched else x, y)
    steps = _count_steps(x, batch_size, validation_split) if _SHORT_EXECUTIONS else None
    with _fast_settings(model, steps_per_execution(steps, epochs), peak):
        return model.fit(
            x,
            y,
            # A tf.data.Dataset is already batched and shuffled, and Keras rejects these.
            batch_size=None if is_batched else batch_size,
            shuffle=not is_batched,
            epochs=epochs,
            validation_split=validation_split,
            validation_data=validation_data,
            callbacks=_add_callbacks(callbacks, verbose, peak),
            verbose=0,
        )


def _compile_classifier(model: keras.Model) -> None:
    last = getattr(model.layers[-1], "activation", None)
    model.compile(
        optimizer=keras.optimizers.AdamW(learning_rate=2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(
            from_logits=last is not keras.activations.softmax
        ),
        metrics=["accuracy"],
    )


@contextmanager
def _fast_settings(model: keras.Model, executions: int, peak: float | None) -> Iterator[None]:
    """Set what makes the training faster, and restore it afterwards, with the learning rate."""
    before = model.steps_per_execution, model.jit_compile
    optimizer = model.optimizer
    half = half_precision(model)
    on_gpu = half == "float16"
    _set_execution(model, executions, jit=on_gpu)
    try:
        with ExitStack() as contexts:
            if half:
                contexts.enter_context(mixed_precision(model, half))
            if not on_gpu:
                contexts.enter_context(fused_adam(model))
            yield
    finally:
        _set_execution(model, *before)
        if peak is not None:
            optimizer.learning_rate = peak


def _add_callbacks(
    callbacks: Iterable[keras.callbacks.Callback], verbose: bool, peak: float | None
) -> list[keras.callbacks.Callback]:
    """Return the callbacks together with the progress bar and the schedule."""
    complete = list(callbacks)
    if verbose and not any(isinstance(callback, ProgressBar) for callback in complete):
        complete.append(ProgressBar())
    if peak is not None:
        complete.append(WarmupCosine(peak))
    return complete


def _find_constant_rate(optimizer: Any) -> float | None:
    """Return the learning rate, or None if it is not a single number."""
    rate = optimizer.get_config()["learning_rate"] if optimizer else None
    return rate if isinstance(rate, float) else None


def _count_steps(x: Any, batch_size: int, validation_split: float) -> int | None:
    """Return the number of updates in an epoch, or None if a data set does not know it."""
    if _is_dataset(x):
        steps = int(x.cardinality())
        return steps if steps > 0 else None
    examples = floor(len(x) * (1 - validation_split))
    return ceil(examples / batch_size)


def _is_dataset(x: Any) -> bool:
    return hasattr(x, "cardinality")


def _set_execution(model: keras.Model, steps: int, jit: bool) -> None:
    model.steps_per_execution = steps
    model.jit_compile = jit
    # Keras caches the compiled functions together with the settings they were compiled with.
    model.train_function = model.test_function = model.predict_function = None
