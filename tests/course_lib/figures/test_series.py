"""No figure drops a series, however many there are; every file is sharp."""

import io

import numpy as np
import pytest
from PIL import Image

from course_lib import figures
from course_lib.figures.palette import MARKED_LINES, PLAIN_LINES
from course_lib.figures.style_series import style_series

NAMES = [f"series {number}" for number in range(7)]
DRAWN = {
    "roc_curve": lambda: figures.roc_curve({n: ([0, 0.5, 1], [0, 0.6, 1]) for n in NAMES}),
    "accuracy_by_layer": lambda: figures.accuracy_by_layer(
        {n: {"a": 0.5, "b": 0.6} for n in NAMES}
    ),
    "error_by_size": lambda: figures.error_by_size({n: {2: 0.05, 8: 0.03} for n in NAMES}),
    "error_by_horizon": lambda: figures.error_by_horizon({n: [1, 2] for n in NAMES}, "", ""),
    "forecasts": lambda: figures.forecasts([1], [2], {n: [3] for n in NAMES}, ""),
    "gradient_by_length": lambda: figures.gradient_by_length({n: {1: 1, 9: 0.5} for n in NAMES}),
    "gradient_by_layer": lambda: figures.gradient_by_layer({n: [1.0, 2.0, 3.0] for n in NAMES}),
    "loss_surface": lambda: figures.loss_surface(
        lambda a, b: a**2 + b**2, {n: np.array([[1, 1], [0.5, 0]]) for n in NAMES}
    ),
    "losses_by_step": lambda: figures.losses_by_step({n: np.linspace(2, 1, 20) for n in NAMES}),
    "slope_by_spread": lambda: figures.slope_by_spread({n: {1: 0.9, 64: 0.1} for n in NAMES}),
    "accuracy_by_case": lambda: figures.accuracy_by_case({"one": dict.fromkeys(NAMES, 0.5)}),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_series_is_drawn(name):
    figure = DRAWN[name]()
    legends = [one for axes in figure.axes if (one := axes.get_legend())] + figure.legends
    texts = {text.get_text() for legend in legends for text in legend.get_texts()}
    texts |= {text.get_text() for axes in figure.axes for text in axes.texts}
    assert all(any(one.startswith(n) for one in texts) for n in NAMES), texts


@pytest.mark.parametrize("styles", [MARKED_LINES, PLAIN_LINES], ids=["marked", "plain"])
def test_sixteen_series_look_different(styles):
    assert len(set(style_series(16, styles))) == 16
    assert style_series(4, styles) == list(styles)


def test_file_has_200_dots_an_inch_and_says_its_width():
    figure = figures.learning_curves({"loss": [2.0, 1.0]})
    data, shown = figure._repr_mimebundle_()
    width = Image.open(io.BytesIO(data["image/png"])).width
    assert width == 200 * figure.get_figwidth() == 2 * shown["image/png"]["width"]
    assert shown["image/png"]["alt"] == "Training loss went from 2 to 1 in 2 epochs"


@pytest.mark.parametrize("size", [1, 2, 25, 100])
@pytest.mark.parametrize("length", [1, 20])
def test_confusion_matrix_fits_a_screen(size, length):
    names = [f"{number:0{length}}" for number in range(size)]
    figure = figures.confusion_matrix(np.arange(size * size).reshape(size, size), names)
    assert max(figure.get_size_inches()) <= 7.5
    figure.canvas.draw()
    labels = figure.axes[0].get_yticklabels()
    boxes = [label.get_window_extent() for label in labels if label.get_text()]
    assert all(lower.y1 <= upper.y0 + 1 for upper, lower in zip(boxes, boxes[1:], strict=False))


@pytest.mark.parametrize(
    ("history", "finding"),
    [
        ({"loss": [2, 1, 0.5, 0.4], "val_loss": [1.5, 1.2]}, "went from 2 to 0.4"),
        ({"loss": [2, float("nan")], "val_loss": [1, 1]}, "not a finite number from epoch 2"),
        ({"loss": [2, float("inf")]}, "not a finite number from epoch 2"),
        ({"loss": [2, 1], "val_loss": [1, float("nan")]}, "went from 2 to 1"),
        ({n: [3, 2, 1] for n in ("loss", "a", "b", "c", "d")}, "went from 3 to 1"),
    ],
    ids=["validation_freq", "nan", "inf", "nan in validation", "five metrics"],
)
def test_learning_curves_state_what_happened(history, finding):
    figure = figures.learning_curves(history)
    assert finding in figure.get_suptitle()
    assert figure.get_figwidth() <= 11 and figure.get_figheight() <= 7.5


@pytest.mark.parametrize(
    ("history", "error"),
    [({}, ValueError), ({"accuracy": [1]}, ValueError), ([1, 2], TypeError), (None, TypeError)],
)
def test_what_is_no_history_is_refused(history, error):
    with pytest.raises(error, match="learning_curves"):
        figures.learning_curves(history)
