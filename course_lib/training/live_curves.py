"""Learning curves that are drawn during training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_lib.training.progress_bar import ProgressBar


class LiveCurves(ProgressBar):
    """Draws the learning curves after every epoch; in a terminal, it shows the progress bar.

    In a notebook, one figure below the cell is redrawn at the end of each epoch, so that you can
    interrupt a training that does not learn. Elsewhere it is a `ProgressBar`.

    Example:
        >>> import keras, numpy as np
        >>> from course_lib.training import LiveCurves, fit
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2)])
        >>> history = fit(model, np.ones((4, 1)), np.ones(4), epochs=1, callbacks=[LiveCurves()])
        ... # doctest: +ELLIPSIS
        epoch 1/1 ━━━━━━━━━━━━━━━━━━━━ ... accuracy ...
    """

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        super().on_train_begin(logs)
        self._curves: dict[str, list[float]] = {}
        self._shown: Any = None
        self._in_notebook = _is_notebook()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        if not self._in_notebook:
            super().on_train_batch_end(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        if not self._in_notebook:
            super().on_epoch_end(epoch, logs)
            return
        for name, value in (logs or {}).items():
            self._curves.setdefault(name, []).append(float(value))
        self._show()

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        if not self._in_notebook:
            super().on_train_end(logs)

    def _show(self) -> None:
        from IPython.display import display

        from course_lib.figures import learning_curves

        figure = learning_curves(self._curves)
        if self._shown is None:
            self._shown = display(figure, display_id=True)
        else:
            self._shown.update(figure)


def _is_notebook() -> bool:
    """Return whether a Jupyter kernel runs, which shows figures; IPython's console does not."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")
