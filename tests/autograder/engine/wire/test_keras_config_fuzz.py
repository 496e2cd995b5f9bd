"""Any configuration of a model is refused, or gives Keras' own objects; no code runs."""

from __future__ import annotations

import copy
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.engine.wire.keras_config import KerasConfigError, check_keras_config
from autograder.engine.wire.keras_values import model_data, object_data, rebuild_object
from tests.autograder.fuzzing import fuzz, json_values

_layers = keras.layers
KNOWN = [
    object_data(thing)["config"]
    for thing in (
        _layers.Dense(2, "relu", kernel_regularizer="l2"),
        _layers.Conv2D(2, 3, kernel_constraint=keras.constraints.MaxNorm(2.0)),
        _layers.Bidirectional(_layers.LSTM(2)),
        _layers.Embedding(3, 2),
        keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)),
        keras.losses.BinaryCrossentropy(),
        keras.metrics.AUC(),
        keras.initializers.GlorotUniform(),
        keras.dtype_policies.DTypePolicy("float32"),
    )
] + [
    model_data(keras.Sequential([keras.Input((3,)), _layers.Dense(2), _layers.Dropout(0.5)]))[
        "config"
    ]
]
names = st.sampled_from(
    [
        "Dense",
        "Lambda",
        "Sequential",
        "Functional",
        "function",
        "TFSMLayer",
        "StringLookup",
        "__lambda__",
        "__typespec__",
        "__numpy__",
        "__keras_tensor__",
        "__class__",
        "Layer",
        "Wrapper",
        "eval",
        "system",
        "Popen",
        "load_model",
    ]
)
modules = st.sampled_from(
    [
        "keras",
        "keras.layers",
        "keras.src.layers.core.dense",
        "keras.src.legacy",
        "builtins",
        "os",
        "subprocess",
        "keras.src.saving.saving_lib",
        "keras.utils",
        "keras.saving",
        "numpy",
        "course_lib",
        "__main__",
        "main",
    ]
)
a_class = st.fixed_dictionaries(
    {"class_name": names | json_values},
    optional={
        "module": modules | json_values,
        "registered_name": names | json_values,
        "config": json_values,
        "compile_config": json_values,
        "build_config": json_values,
    },
)
# Small numbers only: how much memory a layer of two milliards takes is the verifier's limit.
leaves = a_class | names | modules | st.none() | st.booleans() | st.integers(-1, 4) | st.floats()
inside = leaves | st.lists(leaves, max_size=3) | st.dictionaries(names, leaves, max_size=3)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every place in a configuration, as its container and its key."""
    found, waiting = [], [node]
    while waiting:
        container = waiting.pop()
        keys = container if isinstance(container, dict) else range(len(container))
        for key in keys:
            found.append((container, key))
            if isinstance(container[key], (dict, list)):
                waiting.append(container[key])
    return found


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a configuration that runs code would first reach for ends the test."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a configuration ran code or read a file")

    for name in ("os.system", "os.popen", "subprocess.Popen", "marshal.loads", "pickle.loads"):
        monkeypatch.setattr(name, refuse)
    for name in ("keras.saving.load_model", "tensorflow.io.gfile.GFile"):
        monkeypatch.setattr(name, refuse)


@fuzz
@given(json_values | a_class | inside | st.binary() | st.complex_numbers())
@example({"class_name": [], "module": "keras.layers"})
@example({"class_name": "\ud800", "module": "keras.layers"})
@example({"class_name": "function", "module": "builtins", "config": "\ud800"})
@example({"class_name": "Dense", "module": "keras.layers", "registered_name": "\ud800"})
def test_any_configuration(config: Any) -> None:
    refused_or_keras(config)


@fuzz
@given(st.sampled_from(KNOWN), st.data())
def test_configurations_with_changes(known: dict[str, Any], data: st.DataObject) -> None:
    config = copy.deepcopy(known)
    for _ in range(data.draw(st.integers(1, 3))):
        every = places(config)
        container, key = every[data.draw(st.integers(0, len(every) - 1))]
        if isinstance(container, dict) and data.draw(st.booleans()):
            del container[key]
        else:
            container[key] = data.draw(inside)
        if not places(config):
            break
    refused_or_keras(config)


def refused_or_keras(config: Any) -> None:
    try:
        check_keras_config(config)
        value = rebuild_object({"config": config, "weights": []})
    except KerasConfigError:
        return
    plain = (type(None), bool, int, float, str, list, tuple, dict, np.ndarray)
    module = type(value).__module__.split(".")[0]
    public = getattr(value, "__module__", "").split(".")[0]
    assert type(value) in plain or {module, public} & {"keras", "course_lib", "tensorflow"}, value


@pytest.mark.parametrize("known", KNOWN, ids=lambda config: config["class_name"])
def test_what_is_changed_here_is_rebuilt_unchanged(known: dict[str, Any]) -> None:
    value = rebuild_object({"config": known, "weights": []})
    assert type(value).__name__ == known["class_name"]
