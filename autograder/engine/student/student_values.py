"""How objects of the student's kernel cross: by value where possible, else as a handle.

This code runs in the student's process, so nothing that it sends is trusted: the trusted side
checks every byte, and makes its own values of them.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.engine.wire.agent_protocol import HandleKind, ValueKind
from autograder.engine.wire.codec import CodecError, Extension


class StudentValues:
    """Turns objects into what the codec takes, and keeps those that cross as a handle.

    Args:
        names: the kernel's namespace.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self._objects: dict[int, Any] = {}
        self._next = 0

    def forget(self) -> None:
        """Drop every handle."""
        self._objects.clear()

    def find_object(self, number: int) -> Any:
        """The object that handle `number` stands for."""
        return self._objects[number]

    def extend(self, value: Any) -> Any:
        """`value` as plain data, as an `Extension`, or as a handle."""
        plain = _as_plain(value)
        if plain is not _NOT_PLAIN:
            return plain
        about = self._about(value)
        kind, data = _as_keras(value)
        if kind is ValueKind.HANDLE:
            return Extension(kind, {**about, **data})
        # If the trusted side does not rebuild it, it works with the handle.
        return Extension(kind, {**data, "handle": about})

    def receive(self, kind: str, data: Any) -> Any:
        """What an extension from the trusted side becomes here."""
        if kind == ValueKind.HANDLE:
            return self._objects[data]
        if kind == ValueKind.TENSOR:
            import tensorflow as tf

            return tf.convert_to_tensor(data)
        if kind == ValueKind.RANGE:
            return range(*data)
        if kind == ValueKind.SLICE:
            return slice(*data)
        if kind == ValueKind.ELLIPSIS:
            return ...
        if kind == ValueKind.MODEL:
            from autograder.engine.wire.keras_values import rebuild_model

            return rebuild_model(data)
        if kind == ValueKind.KERAS:
            from autograder.engine.wire.keras_values import rebuild_object

            return rebuild_object(data)
        raise CodecError(f"a value of kind {kind!r} cannot cross")

    def _about(self, value: Any) -> dict[str, Any]:
        self._next += 1
        self._objects[self._next] = value
        about: dict[str, Any] = {
            "id": self._next,
            "kind": _find_kind(value).value,
            "name": _find_name(value),
        }
        signature = _describe_signature(value)
        if signature is not None:
            about["signature"] = signature
        doc = getattr(value, "__doc__", None)
        if isinstance(doc, str):
            about["doc"] = str(doc)[:10_000]
        return about


_NOT_PLAIN = object()
_SCALARS: tuple[type[Any], ...] = (bool, int, float, complex, str, bytes)
_CONTAINERS: tuple[type[Any], ...] = (list, tuple, set, frozenset, dict)


def _as_plain(value: Any) -> Any:
    """The plain form of a subclass of a plain type, a tensor, a frame, a history; or _NOT_PLAIN."""
    for kind in _SCALARS:
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, np.ndarray):
        array = np.array(value, subok=False)
        if array.dtype == object:
            return Extension(ValueKind.OBJECT_ARRAY, [list(array.shape), array.ravel().tolist()])
        return array
    if isinstance(value, np.dtype) and value.kind in "biufcSUmMOV":
        return Extension(ValueKind.DTYPE, value.str)
    if isinstance(value, types.ModuleType):
        return Extension(ValueKind.MODULE, value.__name__)
    if isinstance(value, range):
        return Extension(ValueKind.RANGE, [value.start, value.stop, value.step])
    if isinstance(value, slice):
        return Extension(ValueKind.SLICE, [value.start, value.stop, value.step])
    if value is ...:
        return Extension(ValueKind.ELLIPSIS, None)
    for kind in _CONTAINERS:
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, deque):
        return list(value)
    if isinstance(value, (type({}.keys()), type({}.values()), type({}.items()))):
        return list(value)
    return _as_tensor(value)


def _as_tensor(value: Any) -> Any:
    tf = sys.modules.get("tensorflow")
    keras = sys.modules.get("keras")
    pandas = sys.modules.get("pandas")
    if tf is not None:
        if isinstance(value, (tf.Tensor, tf.Variable)) and hasattr(value, "numpy"):
            return _number_array(value.numpy())
        if isinstance(value, tf.TensorShape):
            return tuple(value.as_list()) if value.rank is not None else None
        if isinstance(value, tf.dtypes.DType):
            return value.name
    if keras is not None:
        if isinstance(value, keras.Variable):
            return _number_array(np.asarray(value))
        if isinstance(value, keras.callbacks.History):
            history = {"history": value.history, "epoch": value.epoch, "params": value.params}
            return Extension(ValueKind.HISTORY, history)
    if pandas is not None:
        if isinstance(value, pandas.DataFrame):
            columns = [[name, _column(value[name])] for name in value.columns]
            return Extension(ValueKind.FRAME, {"columns": columns, "index": _column(value.index)})
        if isinstance(value, pandas.Series):
            data = {"name": value.name, "values": _column(value), "index": _column(value.index)}
            return Extension(ValueKind.SERIES, data)
        if isinstance(value, pandas.Index):
            return _column(value)
    return _NOT_PLAIN


def _number_array(array: Any) -> Any:
    array = np.asarray(array)
    # NumPy itself has no bfloat16 or float8 dtypes.
    return array.astype("float32") if array.dtype.kind == "V" else array


def _column(values: Any) -> Any:
    array = np.asarray(values)
    return array.tolist() if array.dtype == object else array


def _as_keras(value: Any) -> tuple[ValueKind, dict[str, Any]]:
    """A Keras object as its configuration, weights and compile state.

    Returns:
        The kind and the data; for anything else, and for what must stay here, the kind of a
        handle and, as "why", the reason where there is one.
    """
    if "keras" not in sys.modules or isinstance(value, type):
        return ValueKind.HANDLE, {}
    from autograder.engine.wire.keras_config import KerasConfigError
    from autograder.engine.wire.keras_values import (
        describe_obstacle,
        is_keras_object,
        model_data,
        object_data,
    )

    if not is_keras_object(value):
        return ValueKind.HANDLE, {}
    try:
        if isinstance(value, sys.modules["keras"].Model):
            return ValueKind.MODEL, model_data(value)
        return ValueKind.KERAS, object_data(value)
    except KerasConfigError as error:
        return ValueKind.HANDLE, {"why": describe_obstacle(error)}
    except Exception as error:  # of the student's own get_config, or Keras does not know its parts
        why = f"cannot be written as a Keras configuration ({type(error).__name__})."
        return ValueKind.HANDLE, {"why": why}


def _find_kind(value: Any) -> HandleKind:
    if isinstance(value, type):
        return HandleKind.CLASS
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
        return HandleKind.FUNCTION
    keras = sys.modules.get("keras")
    # Not isinstance, which also believes what an object says of its class.
    if keras is not None and issubclass(type(value), keras.layers.Layer):
        if not issubclass(type(value), keras.Model):
            return HandleKind.LAYER
        is_sequential = issubclass(type(value), keras.Sequential)
        return HandleKind.SEQUENTIAL if is_sequential else HandleKind.MODEL
    if isinstance(value, Iterator):
        return HandleKind.ITERATOR
    return HandleKind.CALLABLE if callable(value) else HandleKind.OBJECT


def _find_name(value: Any) -> str:
    name = getattr(value, "__name__", None)
    return str(name)[:200] if isinstance(name, str) else type(value).__name__[:200]


def _describe_signature(value: Any) -> list[Any] | None:
    if not callable(value):
        return None
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return None
    described = []
    for parameter in parameters:
        has_default = parameter.default is not inspect.Parameter.empty
        default = parameter.default if has_default else None
        if not isinstance(default, (type(None), bool, int, float, str)):
            default = Extension(ValueKind.TEXT, repr(default)[:200])
        described.append([parameter.name, int(parameter.kind), has_default, default])
    return described
