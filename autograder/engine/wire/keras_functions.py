"""Which functions are Keras' own: told by the function itself, never by its name.

Keras writes a function into a configuration by its name alone, so a student's own `leaky_relu`
would come back as Keras'. TensorFlow's functions that do the same as one of Keras' stand for it.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator
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
    if not str(function.__module__).startswith("keras."):
        return False
    try:
        config = keras.saving.serialize_keras_object(function)
        return keras.saving.deserialize_keras_object(config) is function
    except Exception:  # Keras refuses a name that it does not know
        return False


def iterate_parts(layer: Any) -> Iterator[tuple[str, Any]]:
    """The arguments of a layer that are functions or objects of Keras' kinds, by name.

    Such as its activation and its initializers; layers inside it are not among them.
    """
    for name, value in vars(layer).items():
        # What the class has, too, is a method that Keras wraps.
        is_argument = not name.startswith("_") and not hasattr(type(layer), name)
        is_part = callable(value) or hasattr(value, "get_config")
        if is_argument and is_part and not isinstance(value, keras.layers.Layer):
            yield name, value


@contextlib.contextmanager
def ready_to_serialize(layers: list[Any]) -> Iterator[None]:
    """Meanwhile, each activation is the one of Keras' that it stands for, and no model is compiled.

    Keras would write TensorFlow's functions by a name that it cannot read, and compile states,
    also of nested models, into the configuration.

    Args:
        layers: all their functions are, or stand for, functions of Keras.
    """
    changed = []
    for layer in layers:
        if isinstance(layer, keras.Model):
            changed.append((layer, "compiled", False))
            continue
        for name, function in iterate_parts(layer):
            twin = find_activation(function)
            if twin is not None and twin is not function:
                changed.append((layer, name, twin))
    before = [(layer, name, vars(layer)[name]) for layer, name, _ in changed]
    try:
        # Not setattr, which Keras overrides to track what is set.
        for layer, name, value in changed:
            vars(layer)[name] = value
        yield
    finally:
        for layer, name, value in before:
            vars(layer)[name] = value
