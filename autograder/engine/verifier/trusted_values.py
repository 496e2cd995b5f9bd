"""Values that cross besides plain data, as the trusted side receives and sends them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.engine.verifier.handles import find_handle_number
from autograder.engine.verifier.make_handle import make_handle
from autograder.engine.verifier.student_history import StudentHistory
from autograder.engine.wire.agent_protocol import ValueKind
from autograder.engine.wire.codec import CodecError, Extension, find_plain_dtype

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel


_SCALARS: tuple[type[Any], ...] = (bool, int, float, complex, str)
_CONTAINERS: tuple[type[Any], ...] = (list, tuple, dict, set, frozenset)
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
            ValueKind.OBJECT_ARRAY: self._receive_object_array,
            ValueKind.TEXT: self._receive_text,
            ValueKind.MODULE: self._receive_module,
            ValueKind.FRAME: self._receive_frame,
            ValueKind.SERIES: self._receive_series,
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

    def _receive_object_array(self, data: list[Any]) -> np.ndarray:
        shape, items = data
        # A range, say, takes few bytes and may have more items than fit in memory.
        _exactly(list, items)
        array = np.empty(len(items), object)
        for place, item in enumerate(items):
            # One by one: NumPy would look into lists, and ask handles for their length.
            array[place] = item
        return array.reshape(shape)

    def _receive_text(self, data: Any) -> Any:
        return _exactly(str, data)

    def _receive_module(self, data: str) -> Any:
        return StudentModule(_exactly(str, data)[:200])

    def _receive_frame(self, data: dict[str, Any]) -> Any:
        import pandas

        names = [name for name, _ in data["columns"]]
        columns = {i: _column(c) for i, (_, c) in enumerate(_exactly(list, data["columns"]))}
        frame = pandas.DataFrame(columns)
        frame.index = pandas.Index(_column(data["index"]))
        frame.columns = pandas.Index(names)
        return frame

    def _receive_series(self, data: dict[str, Any]) -> Any:
        import pandas

        values, index = _column(data["values"]), _column(data["index"])
        return pandas.Series(values, index=index, name=data["name"])

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
        if isinstance(value, range):
            return Extension(ValueKind.RANGE, [value.start, value.stop, value.step])
        if isinstance(value, slice):
            return Extension(ValueKind.SLICE, [value.start, value.stop, value.step])
        if value is ...:
            return Extension(ValueKind.ELLIPSIS, None)
        if isinstance(value, StudentHistory):
            return dict(value)
        for kind in (*_SCALARS, *_CONTAINERS):
            if isinstance(value, kind):
                return kind(value)
        if isinstance(value, np.ndarray):
            return np.array(value, subok=False)
        return self._extend_keras(value)

    @staticmethod
    def _extend_keras(value: Any) -> Any:
        tf, keras = sys.modules.get("tensorflow"), sys.modules.get("keras")
        if tf is not None and isinstance(value, (tf.Tensor, tf.Variable)):
            return Extension(ValueKind.TENSOR, value.numpy())
        if keras is not None and isinstance(value, keras.Variable):
            return Extension(ValueKind.TENSOR, np.asarray(value))
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


def _column(values: Any) -> Any:
    return values if type(values) is np.ndarray else _exactly(list, values)


class StudentModule:
    """A module that the student imported, known by name only.

    Args:
        name: its name on the student's side; it is never imported here.
    """

    def __init__(self, name: str) -> None:
        self.student_name = name

    def __getattr__(self, attribute: str) -> Any:
        raise AttributeError(
            f"the test cell uses a module that the notebook imports ({self.student_name!r}): "
            "import it in the test cell"
        )
