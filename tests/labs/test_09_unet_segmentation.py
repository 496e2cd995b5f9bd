"""Lab 09: its statements hold on three seeds."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.labs.answered import answered


@pytest.fixture(scope="module")
def lab():
    """Run the lab's solution without tests and figures; return the names that its cells define."""
    names = {"__name__": "__main__"}
    needed = ("import os", "def prepare(", "def as_model(", "EPOCHS =", "balance =")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROFILE", "quick")
        for source, question, tests in answered("09_unet_segmentation", {}):
            source = source.lstrip()
            if question == "training" or tests or not (question or source.startswith(needed)):
                continue
            exec(compile(source.split("\nfigures.")[0], question or "cell", "exec"), names)
        yield names


@pytest.mark.slow
def test_skips_help_at_borders_and_border_weights_help_to_count(lab, seed):
    x, y, cells = lab["x_test"], lab["y_test"], lab["cells_test"]
    masks = {}
    for name, build, weights in (
        ("even", "unet", None),
        ("plain", "unet_without_skips", None),
        ("careful", "unet", lab["maps"]),
    ):
        keras.utils.set_random_seed(seed)
        model = lab[build](3, 8, 2)
        lab["train"](model, lab["x_train"], lab["y_train"], weights)
        masks[name] = lab["predict_masks"](model, x)
    near = lab["border_pixels"](y, 2)
    gap = {}
    for name in ("even", "plain"):
        elsewhere = lab["iou"](y[~near], masks[name][~near], 2)[1]
        gap[name] = lab["border_iou"](y, masks[name], 2), elsewhere
    assert lab["iou"](y, masks["even"], 2)[1] > 0.88
    assert gap["even"][0] > gap["plain"][0] + 0.05
    assert gap["even"][0] - gap["plain"][0] > gap["even"][1] - gap["plain"][1]
    errors = {name: lab["count_error"](masks[name], cells, 12) for name in ("even", "careful")}
    assert errors["careful"] < errors["even"]


def test_border_weights_of_an_image_without_cells_are_the_class_weights(lab):
    weights = lab["border_map"](np.zeros((3, 4), int), np.array([0.5, 2.0]), 10, 2)
    assert np.array_equal(weights, np.full((3, 4), 0.5))
