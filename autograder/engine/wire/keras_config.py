"""Which Keras configurations may be rebuilt on the trusted side: Keras' own parts, and ours."""

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
# They run code or read files that their configuration names, or keep what is learnt out of it.
_REFUSED = (keras.layers.StringLookup.__base__,) + tuple(
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
    """A configuration that will not be rebuilt; the message says which part."""


def check_keras_config(config: Any) -> None:
    """Accept a configuration of Keras' own layers, optimizers, losses, …, and of course_lib's.

    Args:
        config: what `keras.saving.serialize_keras_object` returns, from anyone.

    Raises:
        KerasConfigError: it has anything else in it: another class, a lambda, another module.

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
                raise KerasConfigError("a configuration with keys that are no text")
            if "class_name" in node:
                _check_class(node)
            waiting += node.values()
        elif type(node) not in _PLAIN:
            raise KerasConfigError(f"a {type(node).__name__} in a configuration")


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
        # A registered name decides alone, whatever class and module stand beside it.
        if not (inspect.isclass(ours) and ours.__module__.startswith(_OURS)):
            raise KerasConfigError(f"the registered class {registered}")
        return
    if registered not in (None, name):
        raise KerasConfigError(f"the class {registered}, which is not Keras' own")
    found = _find(module, name)
    if not (inspect.isclass(found) and issubclass(found, _KINDS)):
        raise KerasConfigError(f"the class {module}.{name}, which is not Keras' own")
    if issubclass(found, _REFUSED):
        raise KerasConfigError(f"a {name}, whose configuration is not all of it")


def _check_function(node: dict[str, Any], module: str | None) -> None:
    name = node.get("config")
    allowed = module in _FUNCTIONS or (module or "").startswith("keras.ops.")
    if not allowed or type(name) is not str or node.get("registered_name") not in (None, name):
        raise KerasConfigError(f"the function {module}.{name}, which is not Keras' own")
    if keras.saving.get_registered_object(name) is not None:
        raise KerasConfigError(f"the registered function {name}")


def _find(module: str | None, name: str) -> Any:
    """The class under that name in a public module, or in a module of Keras already loaded."""
    if module in _PUBLIC:
        # As attributes: older Keras has its public modules loaded under other names.
        place: Any = keras
        for part in module.split(".")[1:]:
            place = getattr(place, part, None)
        return getattr(place, name, None)
    if module is not None and module.startswith("keras.src.") and ".legacy." not in module:
        found = vars(sys.modules[module]).get(name) if module in sys.modules else None
        # Defined there, not merely imported there.
        return found if getattr(found, "__module__", None) == module else None
    return None
