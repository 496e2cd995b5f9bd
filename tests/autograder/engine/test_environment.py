"""The grader's own environment changes no marks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.engine.engine import Engine
from autograder.engine.wire.limits import Limits
from tests.autograder.engine.judge import grade

ANSWER = """
import keras
model = keras.Sequential([keras.Input((8, 6, 3)), keras.layers.Conv2D(2, 3)])
found = [keras.config.floatx(), keras.config.epsilon(), keras.config.image_data_format()]
"""
TEST = """
import keras
assert model.output_shape == (None, 6, 4, 2), model.output_shape
assert found == ["float32", 1e-7, "channels_last"], found
assert keras.layers.Conv2D(1, 1).data_format == "channels_last"
assert keras.backend.backend() == "tensorflow"
"""


@pytest.mark.slow
@pytest.mark.parametrize("uses_keras", [True, False])
def test_variables_and_keras_json_do_not_reach_the_tests(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, uses_keras: bool
) -> None:
    settings = {"floatx": "float64", "epsilon": 0.1, "image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps({**settings, "backend": "jax"}))
    # In the user's home, or where KERAS_HOME says.
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for name, value in {
        "PYTHONOPTIMIZE": "1",
        "KERAS_BACKEND": "jax",
        "PYTHONWARNINGS": "error",
        "TF_USE_LEGACY_KERAS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    home = {"KERAS_HOME": str(tmp_path)}
    limits = Limits(memory_mb=2000)
    with Engine(
        limits, read_only=[str(tmp_path)], environment=home, uses_keras=uses_keras
    ) as engine:
        right, wrong = grade(engine, ANSWER, (TEST, 1), ("assert False, 'checked'", 1)).questions
    assert right.score == 1, right.message
    assert (wrong.score, wrong.message) == (0, "checked")
