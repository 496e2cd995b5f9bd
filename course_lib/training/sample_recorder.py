"""Samples of a generator, recorded during training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike


class SampleRecorder(keras.callbacks.Callback):
    """Records the images that a model's `generator` makes from the same noise during training.

    It records before the first update and after each execution: several times an epoch with the
    `steps_per_execution` that `course_lib.training.fit` sets.

    Args:
        noise: Array `(n, …)`, the input of the generator.

    Attributes:
        frames: The outputs of the generator, a list of arrays `(n, …)`.
        epochs: The time of each frame, in epochs.

    Example:
        >>> import numpy as np
        >>> from course_lib.models import gan
        >>> model = gan(noise=4, generator_units=(8,), discriminator_units=(8,))
        >>> model.compile()
        >>> recorder = SampleRecorder(np.zeros((2, 4), "float32"))
        >>> history = model.fit(np.ones((32, 784)), epochs=3, callbacks=[recorder], verbose=0)
        >>> recorder.epochs, recorder.at(2).shape
        ([0.0, 1.0, 2.0, 3.0], (2, 784))
    """

    def __init__(self, noise: ArrayLike) -> None:
        super().__init__()
        self.noise = np.asarray(noise, dtype="float32")
        self.frames: list[np.ndarray] = []
        self.epochs: list[float] = []

    def at(self, epoch: float) -> np.ndarray:
        """Return the frame whose time is nearest to `epoch`."""
        return self.frames[int(np.argmin(np.abs(np.asarray(self.epochs) - epoch)))]

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self.frames, self.epochs = [], []
        self._epoch = 0
        self._record(0.0)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        steps = self.params["steps"]
        if steps:
            self._record(self._epoch + min(1.0, (batch + 1) / steps))

    def _record(self, time: float) -> None:
        self.frames.append(keras.ops.convert_to_numpy(self.model.generator(self.noise)))
        self.epochs.append(time)
