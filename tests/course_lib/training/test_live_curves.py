"""The callback in a Jupyter kernel and outside of one."""

import nbformat
import pytest
from nbclient import NotebookClient

from course_lib.training import LiveCurves, fit

TRAINING = """
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy as np
from course_lib.training import LiveCurves, fit
x, y = np.eye(4, dtype="float32"), np.arange(4)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)])
fit(model, x, y, epochs=3, validation_data=(x, y), callbacks=[LiveCurves()]);
"""


def model_and_data():
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)])
    return model, np.eye(4, dtype="float32"), np.arange(4)


def test_terminal_shows_one_line(capsys):
    fit(*model_and_data(), epochs=3, callbacks=[LiveCurves()])
    out = capsys.readouterr().out
    assert out.count("\n") == 1, "fit draws a second bar"
    assert "epoch 3/3" in out


@pytest.mark.slow
def test_notebook_shows_one_figure():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(TRAINING)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = notebook.cells[0].outputs
    figures = [one for one in outputs if "image/png" in one.get("data", {})]
    assert len(figures) == 1
    assert not [one for one in outputs if "━" in one.get("text", "")]
