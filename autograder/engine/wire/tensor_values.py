"""TensorFlow's tensors, variables, shapes and dtypes as plain data, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.engine.wire.codec import CodecError
from autograder.engine.wire.python_values import check_type

_NAMES = (
    "bfloat16 bool complex64 complex128 float16 float32 float64 float8_e4m3fn float8_e5m2 half "
    "int8 int16 int32 int64 uint8 uint16 uint32 uint64 string"
)
_MOST_ELEMENTS = 10_000
_DTYPES = frozenset(_NAMES.split())


def describe(value: Any) -> tuple[str, Any] | None:
    """The kind and the data of an eager tensor or of what describes one; None for others."""
    import tensorflow as tf

    if isinstance(value, tf.Variable) and hasattr(value, "numpy"):
        return "variable", [*_describe_tensor(value), bool(value.trainable)]
    if isinstance(value, tf.Tensor) and hasattr(value, "numpy"):
        data = _describe_tensor(value)
        return None if data is None else ("tensor", data)
    if isinstance(value, tf.RaggedTensor) and hasattr(value, "nested_row_splits"):
        splits = [np.asarray(part) for part in value.nested_row_splits]
        return "ragged", [*_describe_tensor(value.flat_values), splits]
    if isinstance(value, tf.SparseTensor):
        parts = [np.asarray(value.indices), np.asarray(value.dense_shape)]
        return "sparse", [*_describe_tensor(value.values), *parts]
    if isinstance(value, tf.TensorShape):
        return "shape", None if value.rank is None else value.as_list()
    if isinstance(value, tf.dtypes.DType):
        return "dtype", value.name
    if type(value) is tf.TensorSpec:
        return "spec", [value.shape, value.dtype.name, value.name]
    return None


def describe_dataset(dataset: Any) -> Any:
    """A finite `tf.data.Dataset` as its elements; None for one that is too long."""
    import tensorflow as tf

    if not 0 <= int(dataset.cardinality()) <= _MOST_ELEMENTS:
        return None
    elements = [tf.nest.map_structure(_to_array, one) for one in dataset]
    return [elements, tf.nest.map_structure(lambda spec: spec, dataset.element_spec)]


def _to_array(tensor: Any) -> Any:
    return tensor.numpy() if hasattr(tensor, "numpy") else tensor


def _rebuild_dataset(elements: Any, specification: Any) -> Any:
    import tensorflow as tf

    check_type(elements, list)
    return tf.data.Dataset.from_generator(lambda: elements, output_signature=specification).apply(
        tf.data.experimental.assert_cardinality(len(elements))
    )


def _describe_tensor(value: Any) -> Any:
    dtype = value.dtype.name.removesuffix("_ref")
    if dtype not in _DTYPES:
        return None
    array = value.numpy()
    if dtype == "string":
        return [dtype, [list(np.shape(array)), np.ravel(array).tolist()]]
    # NumPy itself has no bfloat16 or float8 dtypes.
    return [dtype, array.astype("float32") if np.asarray(array).dtype.kind == "V" else array]


def rebuild(kind: str, data: Any) -> Any:
    """The value that `describe` described.

    Raises:
        CodecError: the data are not of this kind; other exceptions mean the same.
    """
    import tensorflow as tf

    if kind == "shape":
        return tf.TensorShape(data)
    if kind == "dtype":
        return tf.dtypes.as_dtype(_check_dtype(data))
    if kind == "spec":
        shape, dtype, name = data
        return tf.TensorSpec(shape, tf.dtypes.as_dtype(_check_dtype(dtype)), name)
    if kind == "dataset":
        return _rebuild_dataset(*data)
    tensor = _rebuild_tensor(*data[:2])
    if kind == "variable":
        return tf.Variable(tensor, trainable=data[2] is True)
    if kind == "ragged":
        splits = [check_type(part, np.ndarray) for part in data[2]]
        return tf.RaggedTensor.from_nested_row_splits(tensor, splits, validate=True)
    if kind == "sparse":
        return tf.SparseTensor(check_type(data[2], np.ndarray), tensor, data[3])
    if kind != "tensor":
        raise CodecError("an unknown kind of tensor")
    return tensor


def _check_dtype(name: Any) -> str:
    if name not in _DTYPES:
        raise CodecError("a dtype that TensorFlow does not have")
    return str(name)


def _rebuild_tensor(dtype: Any, values: Any) -> Any:
    import tensorflow as tf

    if _check_dtype(dtype) == "string":
        shape, items = values
        if not all(type(item) is bytes for item in check_type(items, list)):
            raise CodecError("a string tensor of something else")
        return tf.reshape(tf.constant(items, tf.string), shape)
    if not isinstance(values, (np.ndarray, np.generic)) or values.dtype.kind not in "biufc":
        raise CodecError("a tensor of something else than numbers")
    # Not tf.constant, which the verifier guards: the array is a part of the tensor.
    return tf.cast(tf.identity(values), dtype)
