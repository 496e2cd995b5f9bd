"""Other right answers to Lab 02 get full marks, and the solution passes on real images.

The marks of wrong answers are in the lab's wrong_answers.toml; `autograder lint` tries them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.labs.answered import answered

ROOT = Path(__file__).parents[2]
REAL = Path(os.environ.get("COURSE_TEST_DATA", ROOT.parent / "shared" / "data")) / "cifar10"

OTHER_WAYS = {
    "feature_map": """
import math

def output_size(size, kernel, stride=1, padding=0):
    return math.floor((size - kernel + 2 * padding) / stride) + 1.0

def feature_map(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("yxij,ij->yx", windows, kernel)
""",
    "convolution": """
def convolution(images, kernel, bias, stride=1, padding=0):
    if padding:
        images = keras.ops.pad(images, ((0, 0), (padding,) * 2, (padding,) * 2, (0, 0)))
    layer = keras.layers.Conv2D(kernel.shape[-1], kernel.shape[:2], strides=stride)
    layer.build((None, *images.shape[1:]))
    layer.set_weights([kernel, bias])
    return layer(images)
""",
    "pooling": """
def max_pool(maps, size=2, stride=2):
    return keras.ops.max_pool(maps, size, strides=stride, padding="valid")
""",
    "batch_norm": """
def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    if not training:
        scale = gamma / (moving_variance + epsilon) ** 0.5
        return [x * scale + (beta - moving_mean * scale), moving_mean, moving_variance]
    flat = x.reshape(-1, x.shape[-1])
    mean = flat.sum(0) / len(flat)
    variance = ((flat - mean) ** 2).sum(0) / len(flat)
    moving_mean += (1 - momentum) * (mean - moving_mean)
    moving_variance += (1 - momentum) * (variance - moving_variance)
    return [gamma * ((x - mean) / np.sqrt(variance + epsilon)) + beta, moving_mean, moving_variance]
""",
    "dropout": """
def dropout(x, rate, training, seed):
    if training and rate > 0:
        rng = np.random.default_rng(seed)
        x = np.where(rng.uniform(size=x.shape) < rate, 0, x / (1 - rate))
    return x
""",
    "network": """
from keras import layers

def stage(width, batch_norm=True):
    stack = [layers.Conv2D(width, 3, padding="same")]
    if batch_norm:
        stack.append(layers.BatchNormalization(momentum=0.9))
    return stack + [layers.ReLU(), layers.MaxPool2D()]

def sequential_cnn(filters, batch_norm=True, dropout=0.0):
    stack = [layers.Input(shape=(32, 32, 3)), layers.Rescaling(1 / 255)]
    for width in filters:
        stack += stage(width, batch_norm)
    stack += [layers.GlobalMaxPool2D(), layers.Dropout(dropout), layers.Dense(10)]
    return keras.Sequential(stack)

def functional_cnn(filters):
    inputs = keras.Input((32, 32, 3))
    x = layers.Rescaling(1 / 255)(inputs)
    outputs = []
    for width in filters:
        for layer in stage(width):
            x = layer(x)
        outputs += [x]
    y = layers.Dense(10)(layers.GlobalMaxPooling2D()(x))
    return [keras.Model(inputs=inputs, outputs=y), keras.Model(inputs=inputs, outputs=outputs)]

def count_parameters(filters):
    total, depth = 0, 3
    for width in filters:
        total += 3 * 3 * depth * width + 2 * width
        depth = width
    return np.int64(total + 10 * depth + 10)
""",
}


def run(answers: dict[str, str], until: str) -> None:
    """Run the lab with these answers up to the tests of a question."""
    names = {"__name__": "__main__"}
    for source, question, tests in answered("02_cnn_cifar", answers):
        exec(compile(source, question or "cell", "exec"), names)
        if question == until and tests:
            return


@pytest.mark.slow
def test_other_right_answers_pass(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    run(OTHER_WAYS, until="network")


@pytest.mark.slow
def test_the_solution_passes_on_real_images(tmp_path, monkeypatch):
    if not (REAL / "cifar10_jpeg.npz").is_file():
        pytest.skip(f"the real CIFAR-10 is missing: {REAL / 'cifar10_jpeg.npz'}")
    unpack = [sys.executable, REAL / "unpack_cifar10.py", REAL / "cifar10_jpeg.npz", tmp_path]
    subprocess.run(unpack, check=True)
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "datasets"))
    run({}, until="experiment")
