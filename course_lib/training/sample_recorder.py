"""What a generator draws while it learns."""

from __future__ import annotations

import keras
import numpy as np


class SampleRecorder(keras.callbacks.Callback):
    """Keeps the images that a model's `generator` makes of the same noise, again and again.

    A frame is kept before the first update and after each execution: with `steps_per_execution`,
    as `course_lib.training.fit` sets it, several times an epoch.

    Args:
        noise: Array `(n, …)`: what the generator takes.

    Attributes:
        frames: List of arrays `(n, …)`, the generator's outputs.
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

    def __init__(self, noise):
        super().__init__()
        self.noise = np.asarray(noise, dtype="float32")
        self.frames, self.epochs = [], []

    def at(self, epoch: float) -> np.ndarray:
        """The frame whose time is nearest to `epoch`."""
        return self.frames[int(np.argmin(np.abs(np.asarray(self.epochs) - epoch)))]

    def on_train_begin(self, logs=None):
        self.frames, self.epochs = [], []
        self._epoch = 0
        self._keep(0.0)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        steps = self.params["steps"]
        if steps:
            self._keep(self._epoch + min(1.0, (batch + 1) / steps))

    def _keep(self, when):
        self.frames.append(keras.ops.convert_to_numpy(self.model.generator(self.noise)))
        self.epochs.append(when)
