"""Keras on JAX: everything works but the gradients that need TensorFlow's tape, which say so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUP = """
import keras, numpy as np
from course_lib import data, models, training, transfer
assert keras.backend.backend() == "jax"
rng = np.random.default_rng(0)
images, labels = rng.integers(0, 256, (32, 16, 16, 3)).astype("uint8"), np.arange(32) % 2
digits = rng.uniform(size=(32, 28, 28)).astype("float32")
"""
WORKS = {
    "fit": """
model = models.cnn((4, 8), 2, (16, 16, 3))
options = {"class_weight": {0: 1, 1: 2}, "callbacks": training.LiveCurves(), "epochs": 2}
assert len(training.fit(model, images, labels, validation_split=0.25, **options).epoch) == 2
assert model.optimizer.get_config()["learning_rate"] == np.float32(2e-3)
""",
    "trial": """
model = models.cnn((4, 8), 2, (16, 16, 3))
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
assert 0 <= training.trial(model, (images, labels), (images, labels), epochs=1) <= 1
""",
    "vae": """
model = models.vae(units=(8,), input_shape=(28, 28))
model.compile("adam")
assert "kl" in training.fit(model, digits, epochs=1, verbose=False).history
""",
    "digit_judge": """
assert models.digit_judge()(digits).shape == (32, 11)
assert models.sample_quality(digits).confidence >= 0
""",
    "transfer": """
backbone, prepare = transfer.backbone(), transfer.preprocess_input()
shown = np.repeat(images, 2, axis=1).repeat(2, axis=2)
assert transfer.extract_features(backbone, shown, prepare, cache=False).shape == (32, 2, 2, 128)
""",
    "multiply_adds": "models.multiply_adds(models.cnn((4, 8)))",
    "half_precision": "assert training.half_precision(models.cnn((4, 8))) is None",
}
NEEDS_TENSORFLOW = {
    "gan": "models.gan(4, (8,), (8,)).compile()",
    "grad_cam": "models.grad_cam(models.cnn((4, 8), 2, (16, 16, 3)), images)",
}


def run(code: str) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("jax")
    variables = {"KERAS_BACKEND": "jax", "TF_CPP_MIN_LOG_LEVEL": "3", "COURSE_PROFILE": "quick"}
    return subprocess.run(
        [sys.executable, "-c", SETUP + code],
        env={**os.environ, **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_all_but_the_tape_works_on_jax() -> None:
    done = run("\n".join(WORKS.values()))
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("name", NEEDS_TENSORFLOW)
def test_what_needs_tensorflow_says_so(name: str) -> None:
    done = run(NEEDS_TENSORFLOW[name])
    assert done.stderr.rstrip().endswith("set KERAS_BACKEND=tensorflow"), done.stderr[-2000:]
