"""What crosses besides plain data, seen from the trusted side."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.engine.verifier.handles import handle_number, make_handle
from autograder.engine.verifier.student_history import StudentHistory
from autograder.engine.wire.codec import CodecError, Extension, plain_dtype

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel


# Of objects and of records: a test may look at such a dtype, but no array of it crosses.
_OPAQUE_DTYPE = re.compile(r"\|(?:O|V[0-9]{1,6})")


class Values:
    """Makes trusted values of the student's extensions, and extensions of trusted values."""

    def __init__(self, channel: StudentChannel) -> None:
        self._channel = channel

    def receive(self, kind: str, data: Any) -> Any:
        """The trusted value for an extension that the student's side sent.

        Raises:
            CodecError: there is no such kind, or its data are not what they should be.
        """
        maker = getattr(self, f"_receive_{kind}", None) if kind.isidentifier() else None
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
        return np.dtype(data) if opaque else plain_dtype(data)

    def _receive_object_array(self, data: list[Any]) -> np.ndarray:
        shape, items = data
        # A range, say, is few bytes, and so many items as nobody has room for.
        _exactly(list, items)
        array = np.empty(len(items), object)
        for place, item in enumerate(items):
            # One by one: numpy would look into lists, and ask handles for their length.
            array[place] = item
        return array.reshape(shape)

    def _receive_text(self, data: str) -> str:
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

        return self._rebuilt(rebuild_model, data)

    def _receive_keras(self, data: dict[str, Any]) -> Any:
        from autograder.engine.wire.keras_values import rebuild_object

        return self._rebuilt(rebuild_object, data)

    def _rebuilt(self, rebuild: Callable[[dict[str, Any]], Any], data: dict[str, Any]) -> Any:
        try:
            return rebuild(data)
        except ValueError as error:
            about = {**data["handle"], "kind": "callable"}
            return make_handle(self._channel, about, why=str(error))

    def extend(self, value: Any) -> Any:
        """A trusted value on its way to the student's code, as something that the codec takes.

        Raises:
            TypeError: it can't go there.
        """
        number = handle_number(value)
        if number is not None:
            return Extension("handle", number)
        if isinstance(value, range):
            return Extension("range", [value.start, value.stop, value.step])
        if isinstance(value, slice):
            return Extension("slice", [value.start, value.stop, value.step])
        if value is ...:
            return Extension("ellipsis", None)
        if isinstance(value, StudentHistory):
            return dict(value)
        for kind in (bool, int, float, complex, str, list, tuple, dict, set, frozenset):
            if isinstance(value, kind):
                return kind(value)
        if isinstance(value, np.ndarray):
            return np.array(value, subok=False)
        return self._extend_keras(value)

    @staticmethod
    def _extend_keras(value: Any) -> Any:
        tf, keras = sys.modules.get("tensorflow"), sys.modules.get("keras")
        if tf is not None and isinstance(value, (tf.Tensor, tf.Variable)):
            return Extension("tensor", value.numpy())
        if keras is not None and isinstance(value, keras.Variable):
            return Extension("tensor", np.asarray(value))
        if keras is not None and isinstance(value, keras.Model):
            from autograder.engine.wire.keras_values import model_data

            return Extension("model", model_data(value))
        raise TypeError(
            f"a {type(value).__name__} of the test cell cannot be passed to the student's code: "
            "pass numbers, text, lists, arrays, or a Keras model"
        )


def _exactly(kind: type, value: Any, length: int | None = None) -> Any:
    """The value, when it is of exactly that type, and of that length.

    Raises:
        CodecError: it is not.
    """
    if type(value) is not kind or (length is not None and len(value) != length):
        raise CodecError(f"{type(value).__name__} where {kind.__name__} should be")
    return value


def _column(values: Any) -> Any:
    return values if type(values) is np.ndarray else _exactly(list, values)


class StudentModule:
    """A module that the student imported, known by name only.

    Args:
        name: what the student's side calls it; it is never imported for that.
    """

    def __init__(self, name: str) -> None:
        self.student_name = name

    def __getattr__(self, attribute: str) -> Any:
        raise AttributeError(
            f"the test cell takes a module from the notebook: put its import into the test cell "
            f"(it is called {self.student_name!r} there)"
        )
