"""The layers of a model, for questions about its layers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

# The same rule as for the models that come to the grader by value: a test compares the two.
_CLOSED = "which the grader cannot look into"
_LAYERS = "Use Keras' own layers."
# They run code of their own, or their configuration does not hold all that they know.
_REFUSED = (
    "FlaxLayer",
    "IntegerLookup",
    "JaxLayer",
    "Lambda",
    "StringLookup",
    "TFSMLayer",
    "TextVectorization",
    "TorchModuleWrapper",
)
_OTHER_NAMES = {"exponential": ("exp",), "linear": ("identity",)}


def layers_of(model: Any, name: str) -> list[Any]:
    """Return the layers of a model in order, nested models opened, without `InputLayer`.

    A question about layers takes Sequential and functional models of Keras' own layers and
    activation functions (and of this course's): the grader cannot look into others. A visible
    check that calls this function says so before the deadline.

    Args:
        model: What the student built.
        name: The expression that returned it, as students write it: "`model`".

    Raises:
        AssertionError: It is not a model, or has a part that the grader cannot look into.

    Example:
        >>> import keras
        >>> inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "relu")])
        >>> model = keras.Sequential([inner, keras.layers.Dense(1)])
        >>> [layer.units for layer in layers_of(model, "`model`")]
        [3, 1]
        >>> model.add(keras.layers.Lambda(lambda x: 2 * x, name="twice"))
        >>> layers_of(model, "`model`")  # doctest: +NORMALIZE_WHITESPACE
        Traceback (most recent call last):
        AssertionError: `model` contains a Lambda layer ('twice'), which the grader cannot look
        into. Use Keras' own layers.
    """
    # At the first use: importing Keras takes seconds, and other checks do not need it.
    import keras

    if model is None:
        raise AssertionError(f"{name} is None; expected a Keras model. Did you forget `return`?")
    if not isinstance(model, keras.Model):
        raise AssertionError(f"{name} is a {type(model).__name__}; expected a Keras model.")
    # In the grader, a model that it cannot look into brings the reason along.
    obstacle = getattr(type(model), "describe_obstacle", _find_obstacle)(model)
    if obstacle:
        raise AssertionError(f"{name} {obstacle}")
    return list(_open(model, keras))


def _open(model: Any, keras: ModuleType) -> Iterator[Any]:
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _open(layer, keras)
        elif not isinstance(layer, keras.layers.InputLayer):
            yield layer


def _find_obstacle(model: Any) -> str:
    """Why the grader cannot look into a model, as a predicate; empty if it can."""
    import keras

    functional = type(keras.Model(*2 * [keras.Input((1,))]))
    if type(model) not in (keras.Sequential, functional):
        return (
            f"is a subclassed model (class {type(model).__name__}), {_CLOSED}. "
            "Build it with keras.Sequential or the Functional API."
        )
    refused = tuple(getattr(keras.layers, n) for n in _REFUSED if hasattr(keras.layers, n))
    activations = _list_activations(keras)
    for layer in model._flatten_layers(include_self=False):
        kind = type(layer)
        if not _is_own_class(kind):
            what = f"layer of your own class {kind.__name__}"
            return f"contains a {what} ('{layer.name}'), {_CLOSED}. {_LAYERS}"
        if isinstance(layer, refused):
            return f"contains a {kind.__name__} layer ('{layer.name}'), {_CLOSED}. {_LAYERS}"
        for argument, function in _iterate_functions(layer):
            if activations.get(id(function)) is not function:
                own = getattr(function, "__name__", type(function).__name__)
                return (
                    f"has a function that is not Keras' own as {argument} of the layer "
                    f"'{layer.name}' (`{own}`). Use one of Keras' own."
                )
    return ""


def _is_own_class(kind: type) -> bool:
    """Whether a class is one of Keras' or of this course's, told by the class itself."""
    module = sys.modules.get(kind.__module__)
    is_ours = kind.__module__.startswith(("keras.", "course_lib."))
    return is_ours and getattr(module, kind.__name__, None) is kind


def _iterate_functions(layer: Any) -> Iterator[tuple[str, Any]]:
    """The arguments of a layer that are functions, by name."""
    for name in layer.get_config():
        value = vars(layer).get(name)
        if callable(value) and not isinstance(value, type) and not hasattr(value, "get_config"):
            yield name, value


def _list_activations(keras: ModuleType) -> dict[int, Any]:
    """By id, Keras' activation functions, and those of TensorFlow and keras.ops that do the same.

    They are told by themselves: a student's own function may be called `relu`, too.
    """
    tf = sys.modules.get("tensorflow")
    places = [tf, tf.nn, tf.math] if tf is not None else []
    functions = []
    for name, own in vars(keras.activations).items():
        if callable(own) and name not in ("deserialize", "get", "serialize"):
            names = (name, *_OTHER_NAMES.get(name, ()))
            functions += [own, *(getattr(place, n, None) for place in places for n in names)]
            # keras.ops.gelu approximates by default, keras.activations.gelu does not.
            if name != "gelu":
                functions.append(getattr(keras.ops, name, None))
    return {id(function): function for function in functions if function is not None}
