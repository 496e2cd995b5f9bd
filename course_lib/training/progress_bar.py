"""One line for a whole training."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import keras

WIDTH = 20  # characters
REFRESH = 0.5  # seconds


class ProgressBar(keras.callbacks.Callback):
    """Shows the training in one line: epoch, time left, the newest loss and metrics.

    Keras' own bar takes a line or two per epoch. This one overwrites itself on standard output, at
    most twice a second and at the end of each epoch.

    Example:
        >>> import keras, numpy as np
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> bar = ProgressBar()
        >>> history = model.fit(np.ones((4, 1)), np.ones(4), verbose=0, callbacks=[bar])
        ... # doctest: +ELLIPSIS
        epoch 1/1 ━━━━━━━━━━━━━━━━━━━━ ... s  loss ...
    """

    def __init__(self) -> None:
        super().__init__()
        self._epoch = 0
        self._epoch_logs: dict[str, Any] = {}

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self._start = self._last_draw = time.monotonic()
        self._length = 0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        now = time.monotonic()
        steps = self.params["steps"]
        if steps and now - self._last_draw >= REFRESH:
            self._draw(min(1.0, (batch + 1) / steps), {**self._epoch_logs, **(logs or {})})

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch_logs = dict(logs or {})
        self._draw(1.0, self._epoch_logs)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        print(flush=True)

    def _draw(self, share_of_epoch: float, logs: Mapping[str, Any]) -> None:
        self._last_draw = time.monotonic()
        done = (self._epoch + share_of_epoch) / self.params["epochs"]
        spent = self._last_draw - self._start
        clock = f"{spent:.0f} s" if done == 1 else f"{spent / done - spent:.0f} s left"
        bar = ("━" * round(WIDTH * done)).ljust(WIDTH, "─")
        values = "  ".join(f"{name} {float(value):.4f}" for name, value in logs.items())
        line = f"epoch {self._epoch + 1}/{self.params['epochs']} {bar} {clock}  {values}"
        # Blanks cover the rest of a longer line before this one.
        print(line.ljust(self._length), end="\r", flush=True)
        self._length = len(line)
