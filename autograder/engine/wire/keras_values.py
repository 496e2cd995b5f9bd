"""Converts Keras models, layers and other objects to plain data, and back."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from autograder.engine.wire.compile_config import check_compile_config
from autograder.engine.wire.keras_config import SPECIAL, KerasConfigError, check_keras_config
from autograder.engine.wire.zero_weights import zero_weights

_KINDS = (
    keras.layers.Layer,
    keras.optimizers.Optimizer,
    keras.losses.Loss,
    keras.metrics.Metric,
    keras.initializers.Initializer,
    keras.regularizers.Regularizer,
    keras.constraints.Constraint,
    keras.optimizers.schedules.LearningRateSchedule,
)


def is_keras_object(value: Any) -> bool:
    """Whether `object_data` can describe a value."""
    return isinstance(value, _KINDS)


def model_data(model: keras.Model) -> dict[str, Any]:
    """A built model as configuration, weights and compile state.

    Raises:
        TypeError: Keras cannot rebuild it from its configuration.
    """
    if not model.built or type(model).__module__.split(".")[0] != "keras":
        raise TypeError("only built Sequential and functional models cross by value")
    return {
        "config": {
            "module": type(model).__module__,
            "class_name": type(model).__name__,
            "config": keras.saving.serialize_keras_object(model)["config"],
            "registered_name": type(model).__name__,
        },
        "weights": [np.asarray(weight) for weight in model.weights],
        **_compile_data(model),
    }


def _compile_data(model: keras.Model) -> dict[str, Any]:
    nothing = {"compile": None, "optimizer": None}
    if not model.compiled:
        return nothing
    try:
        config = keras.saving.serialize_keras_object(model).get("compile_config")
    except Exception:  # the student's own loss: the model crosses without it
        return nothing
    optimizer = model.optimizer
    built = optimizer is not None and optimizer.built
    variables = [np.asarray(v) for v in optimizer.variables] if built else None
    return {"compile": config, "optimizer": variables}


def object_data(value: Any) -> dict[str, Any]:
    """A layer, optimizer, loss, metric, initializer, … as configuration and weights."""
    return {
        "config": keras.saving.serialize_keras_object(value),
        "weights": [np.asarray(weight) for weight in getattr(value, "weights", [])],
    }


def rebuild_model(data: dict[str, Any]) -> keras.Model:
    """The model that `model_data` describes, made of Keras' own classes.

    Args:
        data: untrusted.

    Raises:
        KerasConfigError: the configuration is not Keras' own, or the weights do not fit it.
    """
    model = _rebuild(data["config"], data["weights"])
    if not isinstance(model, keras.Model):
        raise KerasConfigError("a configuration of something else than a model")
    _set_weights(model, data["weights"])
    if data["compile"] is not None:
        _compile(model, data["compile"], data["optimizer"])
    return model


def rebuild_object(data: dict[str, Any]) -> Any:
    """The layer, optimizer, loss, … that `object_data` describes.

    Raises:
        KerasConfigError: as for `rebuild_model`.
    """
    value = _rebuild(data["config"], data["weights"])
    if data["weights"]:
        _set_weights(value, data["weights"])
    return value


def _rebuild(config: Any, weights: Any) -> Any:
    check_keras_config(config)
    if type(config) is not dict or "class_name" not in config:
        raise KerasConfigError("a configuration without a class")
    if config["class_name"] in SPECIAL:
        # Allowed inside a layer's configuration; as a value it would bypass the codec.
        raise KerasConfigError(f"a {config['class_name']} by itself")
    count = sum(np.size(weight) for weight in weights) if type(weights) is list else 0
    try:
        with zero_weights(count):
            return keras.saving.deserialize_keras_object(config, safe_mode=True)
    except Exception as error:
        # Keras' message repeats the whole configuration; its first line is enough.
        reason = str(error).strip().splitlines()[:1]
        raise KerasConfigError(f"Keras can't rebuild it: {' '.join(reason)[:300]}") from None


def _set_weights(target: Any, weights: Any) -> None:
    wanted = [tuple(weight.shape) for weight in target.weights]
    if type(weights) is not list or [np.shape(weight) for weight in weights] != wanted:
        raise KerasConfigError("weights that do not fit the configuration")
    if not all(type(w) is np.ndarray and w.dtype.kind in "biuf" for w in weights):
        raise KerasConfigError("weights that are not numbers")
    target.set_weights(weights)


def _compile(model: keras.Model, config: Any, state: Any) -> None:
    try:
        check_compile_config(config)
        model.compile_from_config(config)
    except Exception:
        # The student's own loss or metric: structure and predictions can still be judged.
        return
    variables = model.optimizer.variables if model.optimizer is not None else []
    if type(state) is list and [np.shape(s) for s in state] == [v.shape for v in variables]:
        for variable, value in zip(variables, state, strict=True):
            variable.assign(value)
