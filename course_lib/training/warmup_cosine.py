"""A learning rate that rises quickly and falls slowly."""

from __future__ import annotations

import math

import keras


class WarmupCosine(keras.callbacks.Callback):
    """Sets the learning rate: up to `peak` along a line, then down to 0 along a half cosine.

    Early on the gradients are large and disagree, so the first steps are small (Goyal et al.
    2017, §2.2); the long fall lets the weights settle (Loshchilov & Hutter 2017, eq. 5). Unlike
    `keras.optimizers.schedules.CosineDecay` it starts anew with every call of `fit` and stays
    out of the saved model. It knows how long the training is from Keras.

    Args:
        peak: Largest learning rate, reached after the warm-up.
        warmup: Share of all updates before the peak, in [0, 1).

    Example:
        >>> schedule = WarmupCosine(peak=0.001)
        >>> [round(schedule.at(progress), 6) for progress in (0.025, 0.05, 0.525, 1.0)]
        [0.0005, 0.001, 0.0005, 0.0]
    """

    def __init__(self, peak: float, warmup: float = 0.05):
        super().__init__()
        self.peak = peak
        self.warmup = warmup
        self._epoch = 0

    def at(self, progress: float) -> float:
        """Learning rate when the share `progress`, in [0, 1], of all updates is done."""
        if progress < self.warmup:
            return self.peak * progress / self.warmup
        fallen = (progress - self.warmup) / (1 - self.warmup)
        return self.peak * 0.5 * (1 + math.cos(math.pi * fallen))

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        # One value serves the updates of a whole execution: the one of its middle.
        steps = self.params["steps"]
        middle = batch + self.model.steps_per_execution / 2
        done = min(1.0, middle / steps) if steps else 0.5
        progress = (self._epoch + done) / self.params["epochs"]
        self.model.optimizer.learning_rate = self.at(progress)
