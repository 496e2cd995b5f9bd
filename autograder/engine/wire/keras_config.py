"""Checks which Keras configurations the trusted side may rebuild: Keras' own classes, and ours."""

from __future__ import annotations

import inspect
import sys
from typing import Any

import keras

_MAX_NODES = 200_000
_PLAIN = (type(None), bool, int, float, str)
_KINDS = (
    keras.layers.Layer,
    keras.Operation,
    keras.optimizers.Optimizer,
    keras.optimizers.schedules.LearningRateSchedule,
    keras.losses.Loss,
    keras.metrics.Metric,
    keras.initializers.Initializer,
    keras.regularizers.Regularizer,
    keras.constraints.Constraint,
    keras.dtype_policies.DTypePolicy,
    keras.random.SeedGenerator,
)
_PUBLIC = (
    "keras",
    "keras.activations",
    "keras.constraints",
    "keras.dtype_policies",
    "keras.initializers",
    "keras.layers",
    "keras.losses",
    "keras.metrics",
    "keras.models",
    "keras.optimizers",
    "keras.optimizers.schedules",
    "keras.random",
    "keras.regularizers",
)
# Their configuration names code or files, or does not hold what they have learnt.
REFUSED = (keras.layers.StringLookup.__base__,) + tuple(
    getattr(keras.layers, name)
    for name in (
        "Lambda",
        "TFSMLayer",
        "TorchModuleWrapper",
        "JaxLayer",
        "FlaxLayer",
        "TextVectorization",
        "StringLookup",
        "IntegerLookup",
    )
    if hasattr(keras.layers, name)
)
_FUNCTIONS = ("builtins", "keras.activations", "keras.losses", "keras.metrics", "keras.ops")
SPECIAL = ("__keras_tensor__", "__numpy__", "__tensor__", "__ellipsis__", "__slice__")
_OURS = "course_lib."


class KerasConfigError(ValueError):
    """A configuration must not be rebuilt; the message says which part."""


class ForeignPartError(KerasConfigError):
    """A model has a part of the student's own; the message is a predicate of the model."""


def check_keras_config(config: Any) -> None:
    """Accept a configuration of layers, optimizers, losses, … of Keras and of course_lib.

    Args:
        config: in the form of `keras.saving.serialize_keras_object`; untrusted.

    Raises:
        KerasConfigError: it contains anything else: another class, a lambda, another module.

    Example:
        >>> check_keras_config(keras.saving.serialize_keras_object(keras.layers.Dense(2)))
    """
    waiting, seen = [config], 0
    while waiting:
        node = waiting.pop()
        seen += 1
        if seen > _MAX_NODES:
            raise KerasConfigError(f"a configuration of more than {_MAX_NODES} parts")
        if type(node) in (list, tuple):
            waiting += node
        elif type(node) is dict:
            if not all(type(key) is str for key in node):
                raise KerasConfigError("a configuration with keys that are not strings")
            if "class_name" in node:
                _check_class(node)
            waiting += node.values()
        elif type(node) not in _PLAIN:
            raise KerasConfigError(f"a {type(node).__name__} in a configuration")


def is_own_class(kind: type) -> bool:
    """Whether a class is one of Keras' or of course_lib's, told by the class itself."""
    module = kind.__module__
    if not module.startswith(("keras.", _OURS)) or module not in sys.modules:
        return False
    return vars(sys.modules[module]).get(kind.__name__) is kind


def _check_class(node: dict[str, Any]) -> None:
    name, module = node["class_name"], node.get("module")
    registered = node.get("registered_name")
    if type(name) is not str or not isinstance(module, (str, type(None))):
        raise KerasConfigError("a class without a name")
    if name in SPECIAL:
        return
    if name == "function":
        _check_function(node, module)
        return
    ours = keras.saving.get_registered_object(registered) if type(registered) is str else None
    if ours is not None:
        # A registered name decides alone, whatever class and module are named beside it.
        if not (inspect.isclass(ours) and ours.__module__.startswith(_OURS)):
            raise KerasConfigError(f"the registered class {registered}")
        return
    if registered not in (None, name):
        raise KerasConfigError(f"the class {registered}, which is not Keras' own")
    found = _find_class(module, name)
    if not (inspect.isclass(found) and issubclass(found, _KINDS)):
        raise KerasConfigError(f"the class {module}.{name}, which is not Keras' own")
    if issubclass(found, REFUSED):
        raise KerasConfigError(f"a {name}, whose configuration is incomplete")


def _check_function(node: dict[str, Any], module: str | None) -> None:
    name = node.get("config")
    allowed = module in _FUNCTIONS or (module or "").startswith("keras.ops.")
    # Keras 3.7 and later write "function" as the registered name of its own functions.
    is_own_name = node.get("registered_name") in (None, name, "function")
    if not allowed or type(name) is not str or not is_own_name:
        raise KerasConfigError(f"the function {module}.{name}, which is not Keras' own")
    if keras.saving.get_registered_object(name) is not None:
        raise KerasConfigError(f"the registered function {name}")


def _find_class(module: str | None, name: str) -> Any:
    """The class of that name in a public module, or in a loaded module of Keras."""
    if module in _PUBLIC:
        # As attributes, because older Keras loads its public modules under other names.
        place: Any = keras
        for part in module.split(".")[1:]:
            place = getattr(place, part, None)
        return getattr(place, name, None)
    if module is not None and module.startswith("keras.src.") and ".legacy." not in module:
        found = vars(sys.modules[module]).get(name) if module in sys.modules else None
        # It must be defined there, not only imported.
        return found if getattr(found, "__module__", None) == module else None
    return None
