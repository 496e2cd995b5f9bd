"""How objects of the student's kernel cross: by value where possible, else as a handle.

This code runs in the student's process, so nothing that it sends is trusted: the trusted side
checks every byte, and makes its own values of them.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import sys
import types
from collections import namedtuple
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any

import numpy as np

from autograder.engine.student.class_descriptions import (
    describe_signature,
    describe_type,
    find_library_bases,
    find_library_name,
    find_record_fields,
    look_up,
)
from autograder.engine.student.test_objects import TestObjects
from autograder.engine.wire.agent_protocol import HandleKind, ValueKind
from autograder.engine.wire.annotations import describe_annotation
from autograder.engine.wire.codec import CodecError, Extension
from autograder.engine.wire.enum_members import describe_member, find_member
from autograder.engine.wire.find_library_object import find_library_object
from autograder.engine.wire.operators import EXTENDABLE, OPERATORS
from autograder.engine.wire.shared_values import describe_shared, rebuild_shared


class StudentValues:
    """Turns objects into what the codec takes, and keeps those that cross as a handle.

    Args:
        names: the kernel's namespace.
        test_objects: makes what stands here for an object of the test.
    """

    def __init__(self, names: dict[str, Any], test_objects: TestObjects) -> None:
        self.names = names
        self._test_objects = test_objects
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._next = 0

    def forget(self) -> None:
        """Drop every handle."""
        self._objects.clear()
        self._numbers.clear()

    def find_object(self, number: int) -> Any:
        """The object that handle `number` stands for."""
        return self._objects[number]

    def extend(self, value: Any) -> Any:
        """`value` as plain data, as an `Extension`, or as a handle."""
        test_object = self._test_objects.find_number(value)
        if test_object is not None:
            return Extension(ValueKind.TEST_OBJECT, test_object)
        plain = self._as_plain(value)
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
        if kind == ValueKind.SHARED:
            return rebuild_shared(data)
        if kind == ValueKind.HANDLE:
            return self._objects[data]
        if kind == ValueKind.LIBRARY:
            return find_library_object(*data)
        if kind == ValueKind.TEST_OBJECT:
            return self._test_objects(data)
        if kind == ValueKind.MODULE:
            return importlib.import_module(data)
        if kind == ValueKind.RECORD:
            number, name, fields, values = data
            made: Any = namedtuple(name, fields) if number is None else self._objects[number]
            return made(*values)
        if kind == ValueKind.MEMBER:
            return find_member(self._objects[data[0]], *data[1:])
        if kind == ValueKind.RANGE:
            return range(*data)
        if kind == ValueKind.SLICE:
            return slice(*data)
        if kind == ValueKind.ELLIPSIS:
            return ...
        if kind in (ValueKind.MODEL, ValueKind.KERAS):
            from autograder.engine.wire import keras_values

            is_model = kind == ValueKind.MODEL
            return (keras_values.rebuild_model if is_model else keras_values.rebuild_object)(data)
        raise CodecError(f"a value of kind {kind!r} cannot cross")

    def keep(self, value: Any) -> int:
        """The number of an object; the same object has the same one."""
        number = self._numbers.get(id(value))
        if number is None:
            self._next += 1
            number = self._numbers[id(value)] = self._next
            self._objects[number] = value
        return number

    def _about(self, value: Any, with_attributes: bool = True) -> dict[str, Any]:
        kind = _find_kind(value)
        about: dict[str, Any] = {
            "id": self.keep(value),
            "kind": kind.value,
            "name": _find_name(value),
        }
        if kind is HandleKind.CLASS:
            about["bases"] = [base for base in value.__bases__ if base is not object]
            return about
        library = find_library_name(type(value))
        if library is not None and kind not in (HandleKind.FUNCTION, HandleKind.COROUTINE):
            about["library"] = library
        elif kind in (HandleKind.OBJECT, HandleKind.CALLABLE):
            about["class"] = self.keep(type(value))
            about["libraries"] = find_library_bases(type(value))
        signature = describe_signature(value)
        if signature is not None:
            about["signature"] = signature
            about["annotations"] = _find_annotations(value)
            about["is_generator"] = inspect.isgeneratorfunction(value)
            about["attributes"] = self._find_attributes(value) if with_attributes else {}
        doc = look_up(value, "__doc__")
        if isinstance(doc, str) and kind is not HandleKind.OBJECT:
            about["doc"] = str(doc)[:10_000]
        return about

    def _find_attributes(self, value: Any) -> dict[str, Any]:
        """What a function has besides its code: plain values, and other functions."""
        if not isinstance(value, types.FunctionType) or value.__module__ != "__main__":
            return {}
        functions = {n: f for n, f in vars(value).items() if isinstance(f, types.FunctionType)}
        described = {
            name: Extension(ValueKind.HANDLE, self._about(function, with_attributes=False))
            for name, function in functions.items()
        }
        return {**OPERATORS["attributes"](value), **described}

    def describe_class(self, number: int) -> dict[str, Any]:
        """What the trusted side makes its own class of."""
        return describe_type(self._objects[number])

    def _as_plain(self, value: Any) -> Any:
        """The plain form of a value, or _NOT_PLAIN."""
        kind = type(value)
        if isinstance(value, enum.Enum):
            return Extension(ValueKind.MEMBER, [self.keep(kind), *describe_member(value)])
        if issubclass(kind, type):
            name = find_library_name(value)
            return _NOT_PLAIN if name is None else Extension(ValueKind.LIBRARY, name)
        fields = find_record_fields(kind)
        if fields is not None and isinstance(value, tuple):
            extra = {name: getattr(value, name) for name in fields if name not in kind._fields}
            data = [self.keep(kind), kind.__name__, list(kind._fields), list(value), extra]
            return Extension(ValueKind.RECORD, data)
        base = _find_builtin_base(kind)
        if base is not None and kind.__module__ == "__main__":
            data = [self.keep(value), self.keep(kind), kind.__name__, base(value)]
            return Extension(ValueKind.EXTENDED, data)
        shared = describe_shared(value)
        return _as_builtin(value) if shared is None else shared


def _find_builtin_base(kind: type) -> type | None:
    return next((base for base in EXTENDABLE if issubclass(kind, base)), None)


_NOT_PLAIN = object()
_SCALARS: tuple[type[Any], ...] = (bool, int, float, complex, str, bytes)
_CONTAINERS: tuple[type[Any], ...] = (list, tuple, set, frozenset, dict)


def _as_builtin(value: Any) -> Any:
    """The plain form of a subclass of a plain type, a view, a history; or _NOT_PLAIN."""
    for kind in _SCALARS:
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, np.ndarray):
        return np.array(value, subok=False)
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
    if isinstance(value, types.MappingProxyType):
        return dict(value)
    if type(value).__name__ == "ArtistList":  # of matplotlib
        return list(value)
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(value, keras.Variable):
        array = np.asarray(value)
        # NumPy itself has no bfloat16 or float8 dtypes.
        return array.astype("float32") if array.dtype.kind == "V" else array
    if keras is not None and isinstance(value, keras.callbacks.History):
        history = {"history": value.history, "epoch": value.epoch, "params": value.params}
        return Extension(ValueKind.HISTORY, history)
    return _NOT_PLAIN


def _as_keras(value: Any) -> tuple[ValueKind, dict[str, Any]]:
    """A Keras object as its configuration, weights and compile state.

    Returns:
        The kind and the data; for anything else, and for what must stay here, the kind of a
        handle and, as "why", the reason where there is one.
    """
    if "keras" not in sys.modules or isinstance(value, type):
        return ValueKind.HANDLE, {}
    from autograder.engine.wire import keras_values
    from autograder.engine.wire.keras_config import KerasConfigError

    if not keras_values.is_keras_object(value):
        return ValueKind.HANDLE, {}
    try:
        if isinstance(value, sys.modules["keras"].Model):
            return ValueKind.MODEL, keras_values.model_data(value)
        return ValueKind.KERAS, keras_values.object_data(value)
    except KerasConfigError as error:
        return ValueKind.HANDLE, {"why": keras_values.describe_obstacle(error)}
    except Exception as error:  # of the student's own get_config, or Keras does not know its parts
        why = f"cannot be written as a Keras configuration ({type(error).__name__})."
        return ValueKind.HANDLE, {"why": why}


def _find_kind(value: Any) -> HandleKind:
    if issubclass(type(value), type):
        return HandleKind.CLASS
    if inspect.iscoroutinefunction(value):
        return HandleKind.COROUTINE
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
        return HandleKind.FUNCTION
    keras = sys.modules.get("keras")
    # Not isinstance, which also believes what an object says of its class.
    if keras is not None and issubclass(type(value), keras.layers.Layer):
        if not issubclass(type(value), keras.Model):
            return HandleKind.LAYER
        is_sequential = issubclass(type(value), keras.Sequential)
        return HandleKind.SEQUENTIAL if is_sequential else HandleKind.MODEL
    if type(value) is types.GeneratorType:
        return HandleKind.GENERATOR
    if isinstance(value, Iterator) and type(value).__module__ != "__main__":
        return HandleKind.ITERATOR
    if isinstance(value, (Awaitable, AsyncIterator)) and type(value).__module__ != "__main__":
        return HandleKind.AWAITED
    return HandleKind.CALLABLE if callable(value) else HandleKind.OBJECT


def _find_name(value: Any) -> str:
    name = look_up(value, "__name__")
    return str(name)[:200] if isinstance(name, str) else type(value).__name__[:200]


def _find_annotations(value: Any) -> dict[str, Any]:
    annotations = look_up(value, "__annotations__")
    if type(annotations) is not dict:
        return {}
    plain = (type(None), bool, int, float, str, type)
    found = {}
    for name, kind in list(annotations.items())[:100]:
        text = None if isinstance(kind, plain) else describe_annotation(kind)
        other = kind if isinstance(kind, plain) else str(kind)
        found[str(name)] = other if text is None else Extension(ValueKind.ANNOTATION, text)
    return found
