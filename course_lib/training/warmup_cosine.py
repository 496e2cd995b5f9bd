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
    is not part of the saved model. It gets the length of the training from Keras.

    Args:
        peak: Largest learning rate, reached after the warm-up.
        warmup: Share of all updates before the peak, in [0, 1).

    Example:
        >>> schedule = WarmupCosine(peak=0.001)
        >>> [round(schedule.at(progress), 6) for progress in (0.025, 0.05, 0.525, 1.0)]
        [0.0005, 0.001, 0.0005, 0.0]
    """

    def __init__(self, peak: float, warmup: float = 0.05) -> None:
        super().__init__()
        self.peak = peak
        self.warmup = warmup
        self._epoch = 0

    def at(self, progress: float) -> float:
        """Return the learning rate after the share `progress`, in [0, 1], of all updates."""
        if progress < self.warmup:
            return self.peak * progress / self.warmup
        since_peak = (progress - self.warmup) / (1 - self.warmup)
        return self.peak * 0.5 * (1 + math.cos(math.pi * since_peak))

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        # All updates of an execution use one value, that of its middle.
        steps = self.params["steps"]
        middle = batch + self.model.steps_per_execution / 2
        done = min(1.0, middle / steps) if steps else 0.5
        progress = (self._epoch + done) / self.params["epochs"]
        self.model.optimizer.learning_rate = self.at(progress)
