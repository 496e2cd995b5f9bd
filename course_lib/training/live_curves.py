"""Learning curves that grow while the network learns."""

from __future__ import annotations

from course_lib.training.progress_bar import ProgressBar


class LiveCurves(ProgressBar):
    """Draws the learning curves after every epoch, in place; in a terminal, the progress bar.

    In a notebook one figure stands below the cell and is drawn anew when an epoch ends, so that
    a training that goes nowhere can be stopped early. Elsewhere it is a `ProgressBar`: one line.

    Example:
        >>> import keras, numpy as np
        >>> from course_lib.training import LiveCurves, fit
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2)])
        >>> history = fit(model, np.ones((4, 1)), np.ones(4), epochs=1, callbacks=[LiveCurves()])
        ... # doctest: +ELLIPSIS
        epoch 1/1 ━━━━━━━━━━━━━━━━━━━━ ... accuracy ...
    """

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._curves = {}
        self._shown = None
        self._in_notebook = _in_notebook()

    def on_train_batch_end(self, batch, logs=None):
        if not self._in_notebook:
            super().on_train_batch_end(batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        if not self._in_notebook:
            super().on_epoch_end(epoch, logs)
            return
        for name, value in (logs or {}).items():
            self._curves.setdefault(name, []).append(float(value))
        self._show()

    def on_train_end(self, logs=None):
        if not self._in_notebook:
            super().on_train_end(logs)

    def _show(self):
        from IPython.display import display

        from course_lib.figures import learning_curves

        figure = learning_curves(self._curves)
        if self._shown is None:
            self._shown = display(figure, display_id=True)
        else:
            self._shown.update(figure)


def _in_notebook():
    """Whether a front end is there that shows figures: Jupyter's kernels, not IPython's console."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")
