"""Real photographs and a network that was trained on ImageNet."""

import os
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from course_lib import data
from course_lib.transfer import backbone, extract_features, preprocess_input

FOLDER = Path(os.environ.get("COURSE_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
WEIGHTS = FOLDER / "weights" / "mobilenet_7_5_224_tf_no_top.h5"
REAL = (FOLDER / "cats_dogs" / "train").is_dir() and WEIGHTS.is_file()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not REAL, reason=f"no photographs and weights in {FOLDER}"),
]


def photographs(monkeypatch, tmp_path):
    (tmp_path / "cats_vs_dogs").symlink_to(FOLDER / "cats_dogs")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    (x, y), (x_test, y_test) = data.photographs("cats_vs_dogs", size=128, profile="quick")
    return (x[:300], y[:300]), (x_test[:200], y_test[:200])


def test_features_of_mobilenet_separate_cats_from_dogs(monkeypatch, tmp_path):
    (x, y), (x_test, y_test) = photographs(monkeypatch, tmp_path)
    base = backbone("mobilenet", (128, 128, 3), weights=WEIGHTS, alpha=0.75)
    model = keras.Model(base.input, keras.layers.GlobalAveragePooling2D()(base.output))
    preprocess, cache = preprocess_input("mobilenet"), tmp_path / "features"
    began = time.process_time()
    features = extract_features(model, x, preprocess, cache=cache)
    first = time.process_time() - began
    began = time.process_time()
    again = extract_features(model, x, preprocess, cache=cache)
    assert time.process_time() - began < first / 2  # 10 and more: benchmarks/transfer.py
    np.testing.assert_array_equal(features, again)

    head = keras.Sequential([keras.Input((768,)), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head.compile(keras.optimizers.Adam(2e-3), loss)
    head.fit(features, y, epochs=20, verbose=0)
    unseen = extract_features(model, x_test, preprocess, cache=cache)
    accuracy = np.mean(head.predict(unseen, verbose=0).argmax(axis=-1) == y_test)
    assert accuracy > 0.86  # 150 images a class; about 93 % with 500
