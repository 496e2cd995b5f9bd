"""`model.fit` with the settings that an experienced user would choose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from math import gcd
from operator import index
from typing import Any

import keras

from course_lib import profile as profiles
from course_lib.training.compile_classifier import compile_classifier
from course_lib.training.find_loss_scale import find_loss_scale
from course_lib.training.fixed_batch import fixed_batch
from course_lib.training.fused_adam import fused_adam
from course_lib.training.half_precision import half_precision
from course_lib.training.progress_bar import ProgressBar
from course_lib.training.steps_in_half import steps_in_half
from course_lib.training.steps_per_execution import steps_per_execution
from course_lib.training.trace_once import trace_once
from course_lib.training.training_data import TrainingData
from course_lib.training.warmup_cosine import WarmupCosine

EPOCHS = {"quick": 6, "full": 20}
# Before 3.7, Keras aborts an execution that is longer than the data, with a message on stderr.
_SHORT_EXECUTIONS = tuple(map(int, keras.__version__.split(".")[:2])) >= (3, 7)
_RATE_CALLBACKS = (keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau)
_BATCH_HOOKS = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")


def fit(
    model: keras.Model,
    x: Any = None,
    y: Any = None,
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    callbacks: Any = (),
    profile: str | None = None,
    verbose: bool | int | str = True,
    shuffle: bool | str = True,
    class_weight: dict[int, float] | None = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: int | Iterable[int] = 1,
) -> keras.callbacks.History:
    """Train a model and return Keras' `History`, as `model.fit` does, but faster.

    It takes the arguments of `model.fit` by name, and adds to it:

    - several updates in one call of TensorFlow, so that Python does not slow down a small model;
      not if a callback of yours has to run after each batch;
    - a learning rate that warms up and then falls along a cosine; its peak is the learning rate of
      the optimizer. A schedule or a callback of yours that sets the learning rate replaces it;
    - Adam in one pass over the weights on a CPU (`fused_adam`);
    - mixed precision if the hardware gains from it (`half_precision`);
    - one line of progress for the whole training.

    A model that is not compiled is compiled as a classifier of integer labels: AdamW
    (Loshchilov & Hutter 2019), sparse categorical cross-entropy, accuracy. After the training,
    only the weights and the state of the optimizer have changed, also if you interrupt it.
    Callbacks see, and save, the model as you built it.

    Args:
        model: A Keras model.
        x: Arrays `(n, …)`, one or a list or dict of them; or batches `(x, y)` or
            `(x, y, sample_weight)`: a `tf.data.Dataset`, a `keras.utils.PyDataset`, a generator.
        y: Labels `(n, …)`; None with batches.
        epochs: Number of passes over the examples. Default: 6 in the quick profile, 20 in the
            full one.
        batch_size: Examples in an update. Default: 128; ignored with batches.
        validation_split: Share of `x` and `y`, at their end, that is used for validation.
        validation_data: `(x, y)` or batches, instead of `validation_split`.
        callbacks: Further Keras callbacks: one, several, or None.
        profile: "quick", "full", or None for the current profile.
        verbose: Show the progress bar, unless `callbacks` has a `LiveCurves`.
        shuffle: Whether every epoch has a new order; "batch" shuffles groups of examples. A
            `tf.data.Dataset` decides this itself.
        class_weight: Weight of each class in the loss.
        sample_weight: Array `(n,)`, the weight of each example in the loss.
        initial_epoch: Number of the first epoch, to continue an earlier training.
        steps_per_epoch: Batches in an epoch; needed if `x` has no end.
        validation_steps: Batches in a validation; needed if `validation_data` has no end.
        validation_batch_size: Examples in a batch of the validation. Default: `batch_size`.
        validation_freq: Validate every so many epochs, or after these epochs (from 1).

    Returns:
        `keras.callbacks.History`: `history.history["loss"]` has one value per epoch.

    Raises:
        TypeError: `model` is not a Keras model, or a callback is not a callback.
        ValueError: `profile` is unknown; a number is out of range; there are no data, or they have
            no end; or a model that is not compiled is not a classifier.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import mlp
        >>> x, y = np.eye(4, dtype="float32"), np.arange(4)
        >>> history = fit(mlp((8,), 4, (4,)), x, y, epochs=2, verbose=False)
        >>> sorted(history.history), len(history.history["loss"])
        (['accuracy', 'loss'], 2)
    """
    # Long because it names every argument of Keras' `fit`.
    _check_model(model)
    default = EPOCHS[profiles.resolve(profile)]
    epochs = _check_epochs(default if epochs is None else epochs, initial_epoch)
    if not 0 <= validation_split < 1:
        raise ValueError(f"validation_split is {validation_split}; it should be in [0, 1)")
    given = _list_callbacks(callbacks)
    data = TrainingData(x, y, batch_size, steps_per_epoch)
    data.check_batches(model)
    if not isinstance(validation_freq, Iterable) and validation_freq < 1:
        raise ValueError(f"validation_freq is {validation_freq!r}; it should be 1 or more")
    if validation_data is not None:
        _check_validation(validation_data, validation_batch_size or batch_size, validation_steps)
    if not model.compiled:
        compile_classifier(model, data)
    trace_once(model, *((None, None) if data.is_batched else data.peek(fixed_batch(model) or 1)))
    executions = _count_executions(model, data, validation_split, epochs, given, validation_steps)
    schedule = _make_schedule(model.optimizer, given, bool(verbose))
    has_bar = any(isinstance(callback, ProgressBar) for callback in given)
    half = half_precision(model)
    scale = 1.0
    if half == "float16":
        scale = (
            find_loss_scale(model, *data.peek(fixed_batch(model) or min(64, data.batch_size)))
            or 0.0
        )
    with _fast_settings(model, executions, schedule, half if scale else None, scale):
        return model.fit(
            data.x,
            y,
            # Batches have their size, and Keras rejects another one.
            batch_size=None if data.is_batched else data.batch_size,
            # Keras warns on stderr that it cannot shuffle batches.
            shuffle=shuffle if data.can_shuffle else False,
            epochs=epochs,
            initial_epoch=initial_epoch,
            validation_split=validation_split,
            validation_data=validation_data,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
            validation_freq=validation_freq,
            steps_per_epoch=steps_per_epoch,
            class_weight=class_weight,
            sample_weight=sample_weight,
            # The schedule comes first: at the end of an epoch it restores the rate, and then
            # the other callbacks save the model.
            callbacks=[*schedule, *given, *([ProgressBar()] if verbose and not has_bar else [])],
            verbose=0,
        )


def _check_model(model: Any) -> None:
    if not isinstance(model, keras.Model):
        raise TypeError(f"fit trains a keras.Model, and this is {type(model).__name__}")
    if isinstance(model, keras.Sequential) and not model.layers:
        raise ValueError("The model has no layers: add some before you train it.")


def _check_epochs(epochs: Any, initial_epoch: Any) -> int:
    for name, value, least in (("epochs", epochs, 1), ("initial_epoch", initial_epoch, 0)):
        if isinstance(value, bool) or not hasattr(value, "__index__") or value < least:
            raise ValueError(f"{name} is {value!r}; it should be an integer, {least} or more")
    if initial_epoch >= epochs:
        raise ValueError(
            f"initial_epoch is {initial_epoch} and epochs is {epochs}, the number of the last one: "
            "no epoch left to train; raise epochs"
        )
    return index(epochs)


def _check_validation(validation_data: Any, batch_size: int | None, steps: int | None) -> None:
    is_pair = isinstance(validation_data, tuple | list)
    x = validation_data[0] if is_pair and len(validation_data) else validation_data
    TrainingData(x, None, batch_size, steps, "validation_data")


def _list_callbacks(callbacks: Any) -> list[keras.callbacks.Callback]:
    if callbacks is None:
        return []
    if isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks = callbacks.callbacks
    if isinstance(callbacks, keras.callbacks.Callback):
        callbacks = [callbacks]
    found = list(callbacks)
    for callback in found:
        if not isinstance(callback, keras.callbacks.Callback):
            hint = "; did you forget the brackets ()?" if isinstance(callback, type) else ""
            raise TypeError(f"{callback!r} is not a Keras callback{hint}")
    return found


def _count_executions(
    model: keras.Model,
    data: TrainingData,
    validation_split: float,
    epochs: int,
    callbacks: list[keras.callbacks.Callback],
    validation_steps: int | None,
) -> int:
    """Return how many updates run in one call of TensorFlow."""
    if model.steps_per_execution != 1 or keras.backend.backend() != "tensorflow":
        return model.steps_per_execution
    if not _SHORT_EXECUTIONS or any(_needs_each_batch(callback) for callback in callbacks):
        return 1
    steps = steps_per_execution(data.count_steps(validation_split), epochs)
    # With a number of steps of your own, Keras would train or validate on a few batches more.
    exact = [number for number in (data.steps, validation_steps) if number]
    return max(n for n in range(1, steps + 1) if gcd(*exact) % n == 0) if exact else steps


def _needs_each_batch(callback: keras.callbacks.Callback) -> bool:
    """Return whether code that is neither of Keras nor of the course runs after each batch."""
    if any(hook in vars(callback) for hook in _BATCH_HOOKS):  # a LambdaCallback
        return True
    definitions = (getattr(type(callback), hook).__module__ for hook in _BATCH_HOOKS)
    return not all(module.startswith(("keras.", "course_lib.")) for module in definitions)


def _make_schedule(
    optimizer: Any, callbacks: list[keras.callbacks.Callback], verbose: bool
) -> list[WarmupCosine]:
    """Return the schedule in a list, which is empty if the user has one."""
    if optimizer is None:
        return []
    config = getattr(optimizer, "inner_optimizer", optimizer).get_config()
    own = [type(one).__name__ for one in callbacks if isinstance(one, _RATE_CALLBACKS)]
    if not isinstance(config["learning_rate"], float):
        own.append("the schedule of the optimizer")
    if own:
        if verbose:
            print(f"fit: {own[0]} sets the learning rate; fit adds no warm-up and no cosine.")
        return []
    saves = any(isinstance(getattr(one, "save_freq", None), int) for one in callbacks)
    return [WarmupCosine(config["learning_rate"], is_restored_each_batch=saves)]


@contextmanager
def _fast_settings(
    model: keras.Model,
    executions: int,
    schedule: list[WarmupCosine],
    half: str | None,
    loss_scale: float,
) -> Iterator[None]:
    """Set what makes the training faster, and restore it afterwards, with the learning rate."""
    before = model.steps_per_execution
    _set_executions(model, executions)
    try:
        with ExitStack() as contexts:
            if half:
                contexts.enter_context(steps_in_half(model, half, loss_scale))
            if not model.jit_compile:  # XLA fuses the operations itself
                contexts.enter_context(fused_adam(model))
            yield
    finally:
        _set_executions(model, before)
        for one in schedule:
            if not one.is_overruled:
                model.optimizer.learning_rate = one.peak


def _set_executions(model: keras.Model, steps: int) -> None:
    model.steps_per_execution = steps
    # Keras caches the compiled functions together with the settings they were compiled with.
    model.train_function = model.test_function = model.predict_function = None
