"""Which functions are Keras' own: told by the function itself, never by its name.

Keras writes a function into a configuration by its name alone, so a student's own `leaky_relu`
would come back as Keras'. TensorFlow's functions that do the same as one of Keras' stand for it.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

import keras

# In TensorFlow, functions with the same name do the same by default; these have another name.
_OTHER_NAMES = {"exponential": ("exp",), "linear": ("identity",)}
# keras.ops.gelu approximates by default, keras.activations.gelu does not.
_DIFFERENT_OPS = ("gelu",)
_NO_ACTIVATIONS = ("deserialize", "get", "serialize")


def find_activation(function: Any) -> Any:
    """The function of `keras.activations` that a function is or stands for; None for others.

    Example:
        >>> find_activation(keras.ops.relu) is keras.activations.relu
        True
    """
    found = _list_activations().get(id(function))
    return found[1] if found is not None and found[0] is function else None


@functools.cache
def _list_activations() -> dict[int, tuple[Any, Any]]:
    """By id, each function with the one that it stands for; both stay alive here."""
    tf = sys.modules.get("tensorflow")
    places = [tf, tf.nn, tf.math] if tf is not None else []
    pairs = []
    for name, own in vars(keras.activations).items():
        if callable(own) and name not in _NO_ACTIVATIONS:
            names = (name, *_OTHER_NAMES.get(name, ()))
            found = [getattr(place, n, None) for place in places for n in names]
            if name not in _DIFFERENT_OPS:
                found.append(getattr(keras.ops, name, None))
            pairs += [(function, own) for function in (own, *found) if function is not None]
    return {id(function): (function, own) for function, own in pairs}


def is_named_truly(function: Any) -> bool:
    """Whether Keras' own function comes back when this one is looked up by the name that it gets.

    Args:
        function: of a compile state: a loss or a metric.
    """
    if not getattr(function, "__module__", "").startswith("keras."):
        return False
    try:
        config = keras.saving.serialize_keras_object(function)
        return keras.saving.deserialize_keras_object(config) is function
    except Exception:  # Keras refuses a name that it does not know
        return False


def iterate_functions(layer: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The arguments of a layer that are functions, by name: its activation, say."""
    for name in layer.get_config():
        value = vars(layer).get(name)
        if callable(value) and not isinstance(value, type) and not hasattr(value, "get_config"):
            yield name, value


@contextlib.contextmanager
def keras_activations(layers: list[Any]) -> Iterator[None]:
    """Meanwhile, each activation of these layers is the one of Keras' that it stands for.

    Args:
        layers: all their functions are, or stand for, functions of Keras.
    """
    changed = []
    try:
        for layer in layers:
            for name, function in iterate_functions(layer):
                twin = find_activation(function)
                if twin is not None and twin is not function:
                    changed.append((layer, name, function))
                    # Not setattr, which Keras overrides to track what is set.
                    vars(layer)[name] = twin
        yield
    finally:
        for layer, name, function in changed:
            vars(layer)[name] = function
