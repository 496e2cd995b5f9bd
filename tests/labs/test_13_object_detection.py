"""Lab 13: its answers agree with Keras and TensorFlow, and its statements hold on three seeds."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.utils import bounding_boxes

from tests.labs.answered import answered

LAB = "13_object_detection"


@pytest.fixture(scope="module")
def lab():
    """Run the lab's answers without trainings and figures; return the names that they define."""
    names = {"__name__": "__main__"}
    needed = ("import os", "def prepare(", "def first_regions(", "CELLS =", "def detect(")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROFILE", "quick")
        for source, question, tests in answered(LAB, {}):
            source = source.lstrip()
            if question == "detector" or tests or not (question or source.startswith(needed)):
                continue
            source = source.split("\nfigures.")[0].split("\n\nCOCO =")[0].split("\n\nN_LOOK =")[0]
            exec(compile(source, question or "cell", "exec"), names)
        yield names


@pytest.fixture
def boxes():
    """Draw 40 boxes; many of them overlap."""
    rng = np.random.default_rng(3)
    corner = rng.uniform(0, 40, (40, 2))
    return np.hstack([corner, corner + rng.uniform(4, 24, (40, 2))]).astype("float32")


def test_boxes_agree_with_keras(lab, boxes):
    for ours, target in (("to_center", "center_xywh"), ("to_corners", None)):
        given = boxes if target else lab["to_center"](boxes)
        right = bounding_boxes.convert_format(
            boxes, source="xyxy", target=target or "xyxy", height=64, width=64
        )
        np.testing.assert_allclose(lab[ours](given), right, rtol=1e-4, atol=1e-4)
    right = bounding_boxes.compute_iou(boxes[:7], boxes, bounding_box_format="xyxy")
    np.testing.assert_allclose(lab["iou"](boxes[:7], boxes), right, rtol=1e-4, atol=1e-5)


def test_offsets_agree_with_keras(lab, boxes):
    anchors = boxes[::-1].copy()
    right = bounding_boxes.encode_box_to_deltas(
        anchors,
        boxes,
        anchor_format="xyxy",
        box_format="xyxy",
        encoding_format="center_xywh",
        image_shape=(64, 64, 3),
    )
    offsets = lab["encode"](boxes, anchors)
    np.testing.assert_allclose(offsets, right, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(lab["decode"](offsets, anchors), boxes, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("threshold", [0.1, 0.3, 0.5, 0.7])
def test_suppression_agrees_with_tensorflow(lab, boxes, threshold):
    scores = np.random.default_rng(4).random(len(boxes)).astype("float32")
    right = tf.image.non_max_suppression(
        boxes[:, [1, 0, 3, 2]], scores, len(boxes), iou_threshold=threshold
    )
    assert lab["suppress"](boxes, scores, threshold).tolist() == right.numpy().tolist()


def test_average_precision_of_a_perfect_and_of_a_blind_detector(lab):
    truth = lab["truth_test"][:20]
    perfect = [(b, np.linspace(1, 0.5, len(b)) + n / 1e3, k) for n, (b, k) in enumerate(truth)]
    assert lab["mean_average_precision"](perfect, truth, [0.5, 0.95], 3) == pytest.approx(1)
    blind = [(b[:0], s[:0], k[:0]) for b, s, k in perfect]
    assert lab["mean_average_precision"](blind, truth, [0.5], 3) == 0


def test_a_grid_and_back(lab):
    for boxes, labels in lab["truth_test"][:20]:
        grid = lab["to_grid"](boxes, labels, 64, 8, 3)
        back, scores = lab["from_grid"](grid, 64, 3)
        found = scores.max(axis=1) > 0.5
        assert found.sum() == len(boxes)
        assert np.allclose(np.sort(back[found], axis=0), np.sort(boxes, axis=0), atol=1e-3)


@pytest.mark.slow
def test_the_detector_learns_as_the_lab_says(lab, seed):
    answer = next(s for s, q, tests in answered(LAB, {}) if q == "detector" and not tests)
    names = dict(lab)
    exec(answer.replace("set_random_seed(1)", f"set_random_seed({seed})"), names)
    # Its functions look for `model` where they were defined.
    assert isinstance(names["model"], keras.Model)
    found = [
        one
        for n in range(0, len(lab["x_test"]), 50)
        for one in lab["detect"](lab["x_test"][n : n + 50], names["model"])
    ]
    scores = [lab["mean_average_precision"](found, lab["truth_test"], [t], 3) for t in (0.5, 0.9)]
    assert 0.90 < scores[0] < 0.99 and scores[1] < 0.2
