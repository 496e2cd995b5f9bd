"""Lab 00 passes on real prices, and its findings hold on three seeds.

Its right and wrong answers are in `right_answers.toml` and `wrong_answers.toml`; `autograder lint`
tries them.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.labs.answered import answered

ROOT = Path(__file__).parents[2]
REAL = Path(os.environ.get("COURSE_TEST_DATA", ROOT.parent / "shared" / "data"))
FIGURES_ONLY = ("figures.", "spiral", "garments")  # in cells that no question needs


def run(until: str) -> dict:
    """Run the solved lab up to the tests of a question; return its names."""
    names = {"__name__": "__main__"}
    for source, question, tests in answered("00_neurons_and_keras", {}):
        if not question and any(word in source for word in FIGURES_ONLY):
            continue
        exec(compile(source, question or "cell", "exec"), names)
        if question == until and tests:
            break
    return names


@pytest.mark.slow
def test_regression_passes_on_real_prices(tmp_path, monkeypatch):
    if not (REAL / "boston_housing.npz").is_file():
        pytest.skip(f"the real Boston housing data is missing: {REAL / 'boston_housing.npz'}")
    (tmp_path / "datasets").mkdir()
    shutil.copy(REAL / "boston_housing.npz", tmp_path / "datasets")
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "datasets"))
    run("regression")


@pytest.fixture(scope="module")
def perceptron():
    return run("perceptron")["perceptron"]


def test_the_perceptron_converges_on_separable_points_and_never_on_xor(perceptron, seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (120, 2))
    x = x[np.abs(x @ (0.8, 0.6) - 0.2) > 0.1]
    assert perceptron(x, (x @ (0.8, 0.6) > 0.2).astype(int), 60)[2][-1] == 0
    corners = rng.permutation(np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]))
    assert min(perceptron(corners, corners.sum(axis=1) % 2 == 1, 60)[2]) > 0


@pytest.mark.slow
def test_the_shapes_are_told_apart_only_after_training(monkeypatch, seed):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    names = {"__name__": "__main__"}
    for source, question, tests in answered("00_neurons_and_keras", {}):
        loads = source.lstrip().startswith("(x_train, y_train)")
        learns = source.lstrip().startswith("rng = np.random.default_rng(0)\ninputs")
        if loads:
            source = source.split("\nfigures.")[0]
        if learns:
            source = source.split("\ncircles =")[0]
            source = source.replace("default_rng(0)", f"default_rng({seed})")
        given = source.startswith("import os") or "def softmax" in source
        if loads or learns or given or (question and not tests):
            exec(compile(source, question or "cell", "exec"), names)
        if learns:
            break
    before, after = (names[p].argmax(axis=1) == names["y_test"] for p in ("untrained", "trained"))
    assert before.mean() < 0.6 and after.mean() > 0.8
    circles = names["y_test"] == 1
    assert np.any(~before & after & circles)  # the lab shows circles that training corrects


@pytest.mark.slow
def test_three_layers_separate_the_spirals_better_than_one(seed):
    import keras

    angle = np.sqrt(np.linspace(0.05, 1, 300)) * 4 * np.pi
    arm = np.stack([angle * np.cos(angle), angle * np.sin(angle)], axis=1) / 12
    spiral, arms = np.concatenate([arm, -arm]), np.repeat([0, 1], 300)
    accuracies = []
    for hidden in (1, 3):
        keras.utils.set_random_seed(seed)
        layers = [keras.layers.Dense(16, activation="relu") for _ in range(hidden)]
        model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1)])
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(0.02), loss, steps_per_execution=10)
        model.fit(spiral, arms, batch_size=60, epochs=40, verbose=0)
        predicted = keras.ops.convert_to_numpy(model(spiral)).ravel() > 0
        accuracies.append(np.mean(predicted == (arms == 1)))
    assert accuracies[1] > accuracies[0] + 0.08
