"""A learning rate that rises quickly and falls slowly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras


class WarmupCosine(keras.callbacks.Callback):
    """Sets the learning rate: linearly up to `peak`, then along half a cosine down to 0.

    At first the gradients are large and disagree, so the first steps are small (Goyal et al.
    2017, §2.2); the slow decrease lets the weights converge (Loshchilov & Hutter 2017, eq. 5).
    Unlike `keras.optimizers.schedules.CosineDecay`, it starts again with every call of `fit` and
    is not part of the saved model: at the end of each epoch the optimizer has its own rate, `peak`,
    again. It gets the length of the training from Keras. If anything else sets the learning rate,
    that value stays, and the schedule ends.

    Args:
        peak: Largest learning rate, reached after the warm-up.
        warmup: Share of all updates before the peak, in [0, 1).
        is_restored_each_batch: Whether the optimizer has its own rate after each batch, too, for
            callbacks that save the model there.

    Attributes:
        is_overruled: Whether something else has set the learning rate.

    Example:
        >>> schedule = WarmupCosine(peak=0.001)
        >>> [round(schedule.at(progress), 6) for progress in (0.025, 0.05, 0.525, 1.0)]
        [0.0005, 0.001, 0.0005, 0.0]
    """

    def __init__(
        self, peak: float, warmup: float = 0.05, is_restored_each_batch: bool = False
    ) -> None:
        super().__init__()
        self.peak = peak
        self.warmup = warmup
        self.is_restored_each_batch = is_restored_each_batch
        self.is_overruled = False
        self._first_epoch = self._epoch = 0

    def at(self, progress: float) -> float:
        """Return the learning rate after the share `progress`, in [0, 1], of all updates."""
        if progress < self.warmup:
            return self.peak * progress / self.warmup
        since_peak = (progress - self.warmup) / (1 - self.warmup)
        return self.peak * 0.5 * (1 + math.cos(math.pi * since_peak))

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self.is_overruled = False
        self._first_epoch = -1
        self._last = self._read()

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch = epoch
        if self._first_epoch < 0:
            self._first_epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        # All updates of an execution use one value, that of its middle.
        steps = self.params["steps"]
        middle = batch + self.model.steps_per_execution / 2
        done = min(1.0, middle / steps) if steps else 0.5
        epochs = self.params["epochs"] - self._first_epoch
        self._set(self.at((self._epoch - self._first_epoch + done) / epochs))

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        if self.is_restored_each_batch:
            self._set(self.peak)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._set(self.peak)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        self._set(self.peak)

    def _set(self, rate: float) -> None:
        self.is_overruled = self.is_overruled or self._read() != self._last
        if not self.is_overruled:
            self.model.optimizer.learning_rate = rate
            self._last = self._read()

    def _read(self) -> float:
        return float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
