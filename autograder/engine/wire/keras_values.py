"""Converts Keras models, layers and other objects to plain data, and back."""

from __future__ import annotations

import types
from typing import Any

import keras
import numpy as np

from autograder.engine.wire.clean_text import clean_text
from autograder.engine.wire.keras_config import (
    REFUSED,
    SPECIAL,
    ForeignPartError,
    KerasConfigError,
    check_keras_config,
    is_own_class,
)
from autograder.engine.wire.keras_functions import (
    find_activation,
    is_named_truly,
    iterate_functions,
    keras_activations,
)
from autograder.engine.wire.keras_probe import are_same_outputs, probe_model

MODEL_TYPES = (keras.Sequential, type(keras.Model(*2 * [keras.Input((1,))])))
# The end of a sentence: it stands in course_lib.testing.layers_of, too.
_CLOSED = "which the grader cannot look into"
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
    """Whether a value is one of Keras' kinds; what it says of its class does not count."""
    return issubclass(type(value), _KINDS)


def model_data(model: keras.Model) -> dict[str, Any]:
    """A Sequential or functional model as configuration, weights, compile state and a probe.

    Raises:
        KerasConfigError: it cannot be rebuilt elsewhere as the same model; the message says why.
    """
    if type(model) not in MODEL_TYPES:
        raise ForeignPartError(
            f"is a subclassed model (class {type(model).__name__}), {_CLOSED}. "
            "Build it with keras.Sequential or the Functional API."
        )
    layers = list(model._flatten_layers(include_self=False))
    for layer in layers:
        check_layer(layer)
    with keras_activations(layers):
        config = {
            "module": type(model).__module__,
            "class_name": type(model).__name__,
            "config": keras.saving.serialize_keras_object(model)["config"],
            "registered_name": type(model).__name__,
        }
    check_keras_config(config)
    return {
        "config": config,
        "weights": [np.asarray(weight) for weight in model.weights],
        "probe": probe_model(model),
        **_compile_data(model),
    }


def check_layer(layer: Any) -> None:
    """Accept a layer that is rebuilt from its configuration as the same.

    Raises:
        KerasConfigError: it is the student's own, or runs a function of the student's.
    """
    kind = type(layer)
    if not is_own_class(kind):
        what = f"layer of your own class {kind.__name__}"
    elif isinstance(layer, REFUSED):
        what = f"{kind.__name__} layer"
    else:
        _check_functions(layer)
        return
    raise ForeignPartError(f"contains a {what} ('{layer.name}'), {_CLOSED}. Use Keras' own layers.")


def _check_functions(layer: Any) -> None:
    for argument, function in iterate_functions(layer):
        if find_activation(function) is None:
            name = getattr(function, "__name__", type(function).__name__)
            raise ForeignPartError(
                f"has a function that is not Keras' own as {argument} of the layer "
                f"'{layer.name}' (`{name}`). Use one of Keras' own."
            )


def describe_obstacle(error: ValueError) -> str:
    """Why a model did not come by value, as a predicate of the model."""
    if isinstance(error, ForeignPartError):
        return str(error)
    return f"contains {error}. Use Keras' own layers."


def _compile_data(model: keras.Model) -> dict[str, Any]:
    """The compile state; without one, or with functions of the student's own, "lost" says why."""
    nothing: dict[str, Any] = {"compile": None, "optimizer": None, "lost": ""}
    if not model.compiled:
        return nothing
    try:
        foreign = _find_foreign_function(model)
        config = keras.saving.serialize_keras_object(model).get("compile_config")
        check_keras_config(config)
    except Exception as error:  # the student's own loss: the model crosses without it
        return {**nothing, "lost": f"its compile state has {error}"}
    if foreign:
        return {**nothing, "lost": f"its loss or a metric is the function {foreign}"}
    optimizer = model.optimizer
    built = optimizer is not None and optimizer.built
    variables = [np.asarray(v) for v in optimizer.variables] if built else None
    return {"compile": config, "optimizer": variables, "lost": ""}


def _find_foreign_function(model: keras.Model) -> str:
    """The name of a function in the compile state that is not Keras' own; empty if there is none.

    Keras writes functions by name, so that a student's own `mean_squared_error` would be Keras'.
    """
    for part in keras.tree.flatten(model._compile_config.config):
        if isinstance(part, types.FunctionType) and not is_named_truly(part):
            return part.__name__
    return ""


def object_data(value: Any) -> dict[str, Any]:
    """A layer, optimizer, loss, metric, initializer, … as configuration and weights.

    Raises:
        KerasConfigError: it cannot be rebuilt elsewhere as the same; the message says why.
    """
    layers = []
    if not is_own_class(type(value)):
        raise ForeignPartError(
            f"is of your own class {type(value).__name__}, {_CLOSED}. Use one of Keras' own."
        )
    if isinstance(value, keras.layers.Layer):
        layers = list(value._flatten_layers())
        for layer in layers:
            check_layer(layer)
    with keras_activations(layers):
        config = keras.saving.serialize_keras_object(value)
    check_keras_config(config)
    return {
        "config": config,
        "weights": [np.asarray(weight) for weight in getattr(value, "weights", [])],
    }


def rebuild_model(data: dict[str, Any]) -> keras.Model:
    """The model that `model_data` describes, made of Keras' own classes.

    Args:
        data: untrusted.

    Raises:
        KerasConfigError: the configuration is not Keras' own, the weights do not fit it, or the
            rebuilt model returns something else for the probe's input.
    """
    model = _rebuild(data["config"])
    if not isinstance(model, keras.Model):
        raise KerasConfigError("a configuration of something else than a model")
    _set_weights(model, data["weights"])
    if not are_same_outputs(data["probe"], probe_model(model)):
        raise ForeignPartError(
            "returns something else than its layers and weights compute. Did you replace a method?"
        )
    if data["compile"] is not None:
        _compile(model, data["compile"], data["optimizer"])
    elif data["lost"]:
        _explain_lost_compile(model, data["lost"])
    return model


def rebuild_object(data: dict[str, Any]) -> Any:
    """The layer, optimizer, loss, … that `object_data` describes.

    Raises:
        KerasConfigError: as for `rebuild_model`.
    """
    value = _rebuild(data["config"])
    if data["weights"]:
        _set_weights(value, data["weights"])
    return value


def _rebuild(config: Any) -> Any:
    check_keras_config(config)
    if type(config) is not dict or "class_name" not in config:
        raise KerasConfigError("a configuration without a class")
    if config["class_name"] in SPECIAL:
        # Allowed inside a layer's configuration; as a value it would bypass the codec.
        raise KerasConfigError(f"a {config['class_name']} by itself")
    try:
        return keras.saving.deserialize_keras_object(config, safe_mode=True)
    except Exception as error:
        # Keras' message repeats the whole configuration; its first line is enough.
        reason = str(error).strip().splitlines()[:1]
        text = " ".join(reason)[:300]
        raise KerasConfigError(f"a part that Keras cannot rebuild ({text})") from None


def _set_weights(target: Any, weights: Any) -> None:
    wanted = [tuple(weight.shape) for weight in target.weights]
    if type(weights) is not list or [np.shape(weight) for weight in weights] != wanted:
        raise KerasConfigError("weights that do not fit the configuration")
    if not all(type(w) is np.ndarray and w.dtype.kind in "biuf" for w in weights):
        raise KerasConfigError("weights that are not numbers")
    target.set_weights(weights)
    for layer in target._flatten_layers():
        if isinstance(layer, keras.layers.Normalization) and layer.built:
            # It computes with numbers that it derives from its weights.
            layer.finalize_state()


def _explain_lost_compile(model: keras.Model, why: Any) -> None:
    """Have `evaluate` and `fit` say why the model is not compiled here."""
    reason = clean_text(why)

    def refuse(method: str) -> None:
        if not model.compiled:
            raise ValueError(
                f"`{method}` needs the student's loss and metrics, which did not come with the "
                f"model: {reason}. Compile the model in the test."
            )

    vars(model)["_assert_compile_called"] = refuse


def _compile(model: keras.Model, config: Any, state: Any) -> None:
    try:
        check_keras_config(config)
        model.compile_from_config(config)
    except Exception as error:  # structure and predictions can still be judged
        _explain_lost_compile(model, f"its compile state has {error}")
        return
    variables = model.optimizer.variables if model.optimizer is not None else []
    if type(state) is list and [np.shape(s) for s in state] == [v.shape for v in variables]:
        for variable, value in zip(variables, state, strict=True):
            variable.assign(value)
