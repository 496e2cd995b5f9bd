"""Other right answers to Lab 00 pass, and its findings hold on three seeds.

The marks of wrong answers are in the lab's wrong_answers.toml; `autograder lint` tries them.
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

OTHER_WAYS = {
    "perceptron": """
def perceptron(x, y, epochs):
    wide = np.hstack([np.ones((len(x), 1)), x])  # the bias as the weight of an input that is 1
    weights, counts = [0.0] * wide.shape[1], []
    for epoch in range(epochs):
        before = sum(counts)
        total = before
        for row, target in zip(wide, y):
            error = target - float(np.dot(weights, row) > 0)
            if error:
                weights = [w + error * value for w, value in zip(weights, row)]
                total += 1
        counts.append(total - before)
    return np.array(weights[1:]), np.array([weights[0]]), np.array(counts)
""",
    "derivatives": """
def relu_derivative(z):
    return (z >= 0).astype(int)

def leaky_relu_derivative(z, a=0.1):
    derivatives = np.ones_like(z)
    derivatives[z < 0] = a
    return derivatives

def sigmoid_derivative(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2

def softplus_derivative(z):
    return np.exp(z) / (1 + np.exp(z))

def softmax_jacobian(z):
    p = softmax(z)
    return [[p[k] * ((k == j) - p[j]) for j in range(len(z))] for k in range(len(z))]
""",
    "losses": """
def mean_squared_error(y, p):
    return keras.losses.MeanSquaredError()(y, p)

def mean_absolute_error(y, p):
    return float(sum(abs(y - p).ravel())) / y.size

def binary_crossentropy(y, p):
    return -np.log(np.where(y == 1, p, 1 - p)).mean()

def categorical_crossentropy(y, p):
    return np.array([-np.log(p[y == 1]).sum() / len(y)])
""",
    "backpropagation": """
def gradients(x, y, w1, b1, w2, b2):
    hidden = (x @ w1 + b1).clip(min=0)
    p = softmax(hidden @ w2 + b2)
    loss = np.mean([-np.log(row[label]) for row, label in zip(p, y)])
    p[range(len(y)), y] -= 1
    p /= len(y)
    back = np.einsum("nk,hk->nh", p, w2)
    back[hidden == 0] = 0
    return [loss, [x.T @ back, back.sum(0), hidden.T @ p, p.sum(0)]]
""",
    "optimizers": """
def sgd(w, g, learning_rate):
    w -= learning_rate * g
    return w

def momentum(w, g, v, learning_rate, beta=0.9):
    v = v * beta + -learning_rate * g
    return [w + v, v]

def adam(w, g, m, v, t, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, v = m + (1 - beta_1) * (g - m), v + (1 - beta_2) * (g * g - v)
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)  # end of section 2 of the paper
    return w - rate * m / (np.sqrt(v) + epsilon), m, v
""",
    "keras_models": """
from keras import layers

def sequential_model():
    model = keras.Sequential()
    model.add(keras.Input(shape=(8,)))
    model.add(layers.Dense(12))
    model.add(layers.ReLU())
    model.add(layers.Dense(8, "relu"))
    model.add(layers.Dense(1))
    model.add(layers.Activation("sigmoid"))
    model.compile("adam", "binary_crossentropy")
    return model

def functional_model():
    x = inputs = keras.Input((8,))
    for units, activation in [(12, "relu"), (8, "relu"), (1, "sigmoid")]:
        x = layers.Dense(units, activation=activation)(x)
    return keras.Model(inputs=inputs, outputs=x)

def updates(examples, batch_size, epochs):
    return np.ceil(examples / batch_size) * epochs

def twin_model():
    sides = [keras.Input((8,), name=name) for name in ("left", "right")]
    shared = keras.Sequential([keras.Input((8,)), layers.Dense(12), layers.ReLU()])
    both = layers.concatenate([shared(side) for side in sides])
    scores = layers.Dense(3, name="scores")(both)
    return keras.Model(sides, [layers.Dense(1, "sigmoid")(both), scores])
""",
    "regression": """
def standardise(x_train, x_test):
    layer = keras.layers.Normalization()
    layer.adapt(x_train)
    return layer(x_train), layer(x_test)

def train_regression(x, y):
    # Targets around 0 are learned faster; the last layer scales them to prices.
    spread = keras.layers.Rescaling(float(y.std()), offset=float(y.mean()))
    hidden = keras.layers.Dense(50, activation="tanh")
    model = keras.Sequential([keras.Input(x.shape[1:]), hidden, keras.layers.Dense(1), spread])
    model.compile(optimizer=keras.optimizers.RMSprop(0.01), loss="mae")
    model.fit(x, y, epochs=30, batch_size=40, validation_split=0.1, verbose=0)
    return model
""",
}


def run(answers: dict[str, str], until: str) -> dict:
    """Run the lab with these answers up to the tests of a question; return its names."""
    names = {"__name__": "__main__"}
    for source, question, tests in answered("00_neurons_and_keras", answers):
        if not question and any(word in source for word in FIGURES_ONLY):
            continue
        exec(compile(source, question or "cell", "exec"), names)
        if question == until and tests:
            break
    return names


@pytest.mark.slow
def test_other_right_answers_pass(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    run(OTHER_WAYS, until="regression")


@pytest.mark.slow
def test_regression_passes_on_real_prices(tmp_path, monkeypatch):
    if not (REAL / "boston_housing.npz").is_file():
        pytest.skip(f"the real Boston housing data is missing: {REAL / 'boston_housing.npz'}")
    (tmp_path / "datasets").mkdir()
    shutil.copy(REAL / "boston_housing.npz", tmp_path / "datasets")
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "datasets"))
    run({}, until="regression")


@pytest.fixture(scope="module")
def perceptron():
    return run({}, until="perceptron")["perceptron"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_perceptron_converges_on_separable_points_and_never_on_xor(perceptron, seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (120, 2))
    x = x[np.abs(x @ (0.8, 0.6) - 0.2) > 0.1]
    assert perceptron(x, (x @ (0.8, 0.6) > 0.2).astype(int), 60)[2][-1] == 0
    corners = rng.permutation(np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]))
    assert min(perceptron(corners, corners.sum(axis=1) % 2 == 1, 60)[2]) > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
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
@pytest.mark.parametrize("seed", [1, 2, 3])
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
