"""Values that cross besides plain data, as the trusted side receives and sends them."""

from __future__ import annotations

import enum
import re
import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.engine.verifier.given_objects import find_library_reference, is_library
from autograder.engine.verifier.guarded_array import GuardedArray, guard_array
from autograder.engine.verifier.handles import UnnamedValue, find_handle_number
from autograder.engine.verifier.make_handle import make_handle
from autograder.engine.verifier.named_modules import SAID, find_named_module
from autograder.engine.verifier.seeded_generators import describe_seeded
from autograder.engine.verifier.student_history import StudentHistory
from autograder.engine.verifier.student_module import StudentModule
from autograder.engine.wire.agent_protocol import ValueKind
from autograder.engine.wire.annotations import read_annotation
from autograder.engine.wire.clean_text import clean_text
from autograder.engine.wire.codec import CodecError, Extension, find_plain_dtype
from autograder.engine.wire.enum_members import describe_member
from autograder.engine.wire.find_library_object import find_library_object
from autograder.engine.wire.python_values import check_type
from autograder.engine.wire.shared_values import describe_shared, holds_values, rebuild_shared

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel


_SCALARS: tuple[type[Any], ...] = (bool, int, float, complex, str)
_CONTAINERS: tuple[type[Any], ...] = (list, tuple, dict, set, frozenset)
# Classes of these modules are what a value may be compared with; no call of them does harm.
_CLASS_MODULES = frozenset(
    ("builtins", "collections", "datetime", "decimal", "fractions", "numpy", "enum", "abc")
) | {"collections.abc", "typing", "numbers", "pathlib", "types", "uuid"}
_CLASS_ROOTS = frozenset(("keras", "pandas", "scipy", "sklearn", "tensorflow"))
# Values of libraries cross where the instructor's notebook names the library.
_USED = {
    "frame_values.": ("pandas",),
    "science_values.expression": ("sympy",),
    "science_values.graph": ("networkx",),
    "science_values.view": ("networkx",),
    "science_values.image": ("PIL",),
    "science_values.distribution": ("scipy",),
    "science_values.result": ("scipy", "sklearn"),
    "estimator_values.": ("sklearn",),
    "array_values.masked": ("masked", ".ma.", "numpy.ma"),
    "array_values.sparse": ("scipy", "sparse", "sklearn"),
}
# Dtypes of objects and records: a test may look at one, but no array of it crosses.
_OPAQUE_DTYPE = re.compile(r"\|(?:O|V[0-9]{1,6})")


class TrustedValues:
    """Makes trusted values of the student's extensions, and extensions of trusted values.

    Args:
        channel: the line to the student's kernel, for handles.
    """

    def __init__(self, channel: StudentChannel) -> None:
        self._channel = channel
        self._makers: dict[str, Callable[[Any], Any]] = {
            ValueKind.HANDLE: self._receive_handle,
            ValueKind.HISTORY: self._receive_history,
            ValueKind.RANGE: self._receive_range,
            ValueKind.SLICE: self._receive_slice,
            ValueKind.ELLIPSIS: self._receive_ellipsis,
            ValueKind.DTYPE: self._receive_dtype,
            ValueKind.TEXT: self._receive_text,
            ValueKind.ANNOTATION: self._receive_annotation,
            ValueKind.MODULE: self._receive_module,
            ValueKind.SHARED: self._receive_shared,
            ValueKind.LIBRARY: self._receive_library,
            ValueKind.ARGUMENT: self._channel.arguments.find,
            ValueKind.TEST_OBJECT: self._channel.given.find,
            ValueKind.RECORD: self._channel.classes.make_record,
            ValueKind.EXTENDED: self._channel.classes.make_extended,
            ValueKind.MEMBER: self._channel.classes.make_member,
            ValueKind.MODEL: self._receive_model,
            ValueKind.KERAS: self._receive_keras,
        }

    def receive(self, kind: str, data: Any) -> Any:
        """The trusted value for an extension that the student's side sent.

        Raises:
            CodecError: the kind is unknown, or the data do not fit it.
        """
        maker = self._makers.get(kind)
        if maker is None:
            raise CodecError(f"a value of kind {kind!r} cannot cross")
        try:
            return maker(data)
        except CodecError:
            raise
        except Exception as error:
            raise CodecError(f"a broken value of kind {kind!r} ({error})") from error

    def _receive_handle(self, data: dict[str, Any]) -> Any:
        return make_handle(self._channel, data)

    def _receive_history(self, data: dict[str, Any]) -> StudentHistory:
        return StudentHistory(data["history"], data["epoch"], data["params"])

    def _receive_range(self, data: list[int]) -> range:
        return range(*_exactly(list, data, 3))

    def _receive_slice(self, data: list[Any]) -> slice:
        return slice(*_exactly(list, data, 3))

    def _receive_ellipsis(self, data: None) -> Any:
        return ...

    def _receive_dtype(self, data: str) -> np.dtype:
        opaque = _OPAQUE_DTYPE.fullmatch(_exactly(str, data))
        return np.dtype(data) if opaque else find_plain_dtype(data)

    def _receive_text(self, data: Any) -> Any:
        return _exactly(str, data)

    def _receive_annotation(self, data: Any) -> Any:
        text = _exactly(str, data)
        try:
            return read_annotation(text)
        except Exception:
            return text

    def _receive_module(self, data: str) -> Any:
        return StudentModule(_exactly(str, data)[:200])

    def _receive_shared(self, data: list[Any]) -> Any:
        kind = check_type(data[0], str)
        words = next((words for start, words in _USED.items() if kind.startswith(start)), ())
        if words and not any(word in self._channel.profile.whole_text for word in words):
            if kind == "array_values.masked" and not np.any(data[1][1]):
                return guard_array(check_type(data[1][0], np.ndarray))
            # Its comparisons are its own: a symbol may be less than everything.
            return UnnamedValue(self._channel, kind.rpartition(".")[2], words[0])
        if holds_values(data):
            data = [data[0], _guard_parts(data[1])]
        if data[0] == "tensor_values.tensor":
            # A tensor with which a comparison would say nothing stays a guarded array.
            values = data[1][1]
            guarded = guard_array(values) if type(values) is np.ndarray else values
            if isinstance(guarded, GuardedArray):
                return guarded
        return rebuild_shared(data)

    def _receive_library(self, data: list[Any]) -> Any:
        module, name = (check_type(part, str) for part in data)
        is_known = module in _CLASS_MODULES
        is_named = module.partition(".")[0] in _CLASS_ROOTS and find_named_module(
            module, self._channel.profile.whole_text
        )
        if is_known or is_named:
            found = find_library_object(module, name)
            if isinstance(found, type) and (is_known or found.__module__ == module):
                return found
        return type(clean_text(name, 100) or "Class", (), {SAID: [module, name]})

    def _receive_model(self, data: dict[str, Any]) -> Any:
        from autograder.engine.wire.keras_values import rebuild_model

        return self._rebuild(rebuild_model, data)

    def _receive_keras(self, data: dict[str, Any]) -> Any:
        from autograder.engine.wire.keras_values import rebuild_object

        return self._rebuild(rebuild_object, data)

    def _rebuild(self, rebuild: Callable[[dict[str, Any]], Any], data: dict[str, Any]) -> Any:
        try:
            return rebuild(data)
        except ValueError as error:
            from autograder.engine.wire.keras_values import describe_obstacle

            why = describe_obstacle(error)
            return make_handle(self._channel, {**data["handle"], "why": why})

    def extend(self, value: Any) -> Any:
        """A trusted value for the student's code, as something that the codec takes.

        Raises:
            TypeError: the value cannot cross.
        """
        number = find_handle_number(value)
        if number is not None:
            return Extension(ValueKind.HANDLE, number)
        kind = type(value)
        number = find_handle_number(kind)
        if number is not None and isinstance(value, enum.Enum):
            return Extension(ValueKind.MEMBER, [number, *describe_member(value)])
        if isinstance(value, tuple) and hasattr(kind, "_fields"):
            about = [number, kind.__name__, list(kind._fields), list(value)]
            return Extension(ValueKind.RECORD, about)
        if isinstance(value, range):
            return Extension(ValueKind.RANGE, [value.start, value.stop, value.step])
        if isinstance(value, slice):
            return Extension(ValueKind.SLICE, [value.start, value.stop, value.step])
        if value is ...:
            return Extension(ValueKind.ELLIPSIS, None)
        if isinstance(value, StudentHistory):
            return dict(value)
        shared = describe_shared(value)
        if shared is not None:
            return shared
        for builtin in (*_SCALARS, *_CONTAINERS):
            if isinstance(value, builtin):
                return builtin(value)
        if isinstance(value, np.ndarray):
            return np.array(value, subok=False)
        if isinstance(value, np.dtype):
            return Extension(ValueKind.SHARED, ["array_values.dtype", value.str])
        return self._extend_object(value)

    def _extend_object(self, value: Any) -> Any:
        """A library's class or function by name, a module, an object of the test, or of Keras."""
        if isinstance(value, types.ModuleType) and is_library(value.__name__):
            return Extension(ValueKind.MODULE, value.__name__)
        reference = find_library_reference(value)
        if reference is not None:
            return Extension(ValueKind.LIBRARY, reference)
        if isinstance(value, re.Pattern):
            described = [value.pattern, value.flags]
            return Extension(ValueKind.SHARED, ["python_values.pattern", described])
        tf = sys.modules.get("tensorflow")
        if tf is not None and isinstance(value, tf.data.Dataset):
            from autograder.engine.wire.tensor_values import describe_dataset

            elements = describe_dataset(value)
            if elements is not None:
                return Extension(ValueKind.SHARED, ["tensor_values.dataset", elements])
        seeded = describe_seeded(value, self._channel.profile.whole_text)
        if seeded is not None:
            return Extension(ValueKind.SHARED, seeded)
        about = self._channel.given.give(value)
        if about is not None:
            return Extension(ValueKind.TEST_OBJECT, about)
        return self._extend_keras(value)

    @staticmethod
    def _extend_keras(value: Any) -> Any:
        keras = sys.modules.get("keras")
        if keras is not None and isinstance(value, keras.Variable):
            return describe_shared(value.value) or np.asarray(value)
        name, why = type(value).__name__, "pass numbers, strings, lists, arrays, or a Keras model"
        if keras is not None:
            from autograder.engine.wire.keras_values import (
                describe_obstacle,
                is_keras_object,
                model_data,
                object_data,
            )

            try:
                if isinstance(value, keras.Model):
                    return Extension(ValueKind.MODEL, model_data(value))
                if is_keras_object(value):
                    return Extension(ValueKind.KERAS, object_data(value))
            except ValueError as error:
                why = f"it {describe_obstacle(error)}"
        raise TypeError(f"a {name} of the test cell cannot be passed to the student's code: {why}")


def _exactly(kind: type[Any], value: Any, length: int | None = None) -> Any:
    """The value, if it has exactly that type and length.

    Raises:
        CodecError: it has another type or length.
    """
    if type(value) is not kind or (length is not None and len(value) != length):
        raise CodecError(f"{type(value).__name__} instead of {kind.__name__}")
    return value


def _guard_parts(data: Any) -> Any:
    """The members of a container, each as a test may use it."""
    if type(data) is np.ndarray:
        return guard_array(data)
    if type(data) is list:
        return [_guard_parts(part) for part in data]
    if type(data) is dict:
        return {key: _guard_parts(part) for key, part in data.items()}
    return data
