"""Checks what a model was compiled with: `evaluate` returns numbers that tests believe by name."""

from __future__ import annotations

import re
from typing import Any

import keras

from autograder.engine.wire.keras_config import KerasConfigError, check_keras_config

_ACCURACIES = {"accuracy", "acc"}


def _make_name(kind: str) -> str:
    """The name that Keras gives to a metric of this class."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", kind)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


_SHORT = {
    "kld": "kl_divergence",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
    "rmse": "root_mean_squared_error",
}
_KNOWN = {_make_name(name) for name in dir(keras.metrics)} | _ACCURACIES | {*_SHORT, "loss"}


def check_compile_config(config: Any) -> None:
    """Accept a compile configuration whose metrics are what their names say.

    Args:
        config: in the form of `keras.Model.get_compile_config`; untrusted.

    Raises:
        KerasConfigError: it contains what `check_keras_config` refuses, a metric under the name of
            another, or a weight that makes the single loss smaller.
    """
    check_keras_config(config)
    waiting = [config]
    while waiting:
        node = waiting.pop()
        if type(node) in (list, tuple):
            waiting += node
        elif type(node) is dict:
            _check_name(node)
            weights = node.get("loss_weights")
            if type(weights) in (int, float) or (type(weights) is list and len(weights) == 1):
                raise KerasConfigError("a loss weight for a single loss")
            waiting += node.values()


def _check_name(node: dict[str, Any]) -> None:
    kind, fields = node.get("class_name"), node.get("config")
    metric = getattr(keras.metrics, kind, None) if type(kind) is str else None
    if not (isinstance(metric, type) and issubclass(metric, keras.metrics.Metric)):
        return
    name = fields.get("name") if type(fields) is dict else None
    if type(name) is not str:
        return
    # Keras numbers the second metric of a class.
    name, own = re.sub(r"_\d+$", "", name.lower()), _make_name(metric.__name__)
    is_accuracy = name in _ACCURACIES and own.endswith("accuracy") and "top_k" not in own
    if name in _KNOWN and own not in (name, _SHORT.get(name)) and not is_accuracy:
        raise KerasConfigError(f"the metric {metric.__name__} under the name {name!r}")
