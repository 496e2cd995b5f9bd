"""Arrays of records and objects, masked and sparse arrays as plain data, and back."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autograder.engine.wire.codec import CodecError, find_plain_dtype
from autograder.engine.wire.python_values import check_type

_MOST_FIELDS = 1_000
_MOST_ROWS = 10_000_000
_SPARSE = frozenset(
    f"{form}_{kind}"
    for form in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
    for kind in ("array", "matrix")
)


def describe(value: Any) -> tuple[str, Any] | None:
    """The kind and the data of such an array; None for others."""
    if isinstance(value, np.ma.MaskedArray) and value.dtype.names is None:
        return "masked", [np.asarray(value.data), np.ma.getmaskarray(value)]
    if isinstance(value, (np.ndarray, np.void)) and value.dtype.names:
        form = "recarray" if isinstance(value, (np.recarray, np.record)) else "structured"
        array = np.asarray(value)
        fields = [[name, np.array(array[name])] for name in value.dtype.names]
        return form, [list(array.shape), fields, isinstance(value, np.void)]
    if type(value) is np.matrix and value.dtype.kind in "biufc":
        return "matrix", np.array(value, subok=False)
    if type(value) is np.poly1d:
        return "poly1d", np.asarray(value.coeffs)
    if isinstance(value, np.ufunc):
        name = str(value.__name__)
        return ("ufunc", name) if getattr(np, name, None) is value else None
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        plain = np.array(value, subok=False)
        return "objects", [list(plain.shape), plain.ravel().tolist()]
    sparse = sys.modules.get("scipy.sparse")
    if sparse is not None and sparse.issparse(value) and type(value).__name__ in _SPARSE:
        coo = value.tocoo()
        data = [type(value).__name__, list(coo.shape), np.asarray(coo.data)]
        return "sparse", [*data, *(np.asarray(place) for place in coo.coords)]
    return None


def rebuild(kind: str, data: Any) -> Any:
    """The array that `describe` described.

    Raises:
        CodecError: the data are not of this kind; other exceptions mean the same.
    """
    if kind == "masked":
        values, mask = (check_type(part, np.ndarray) for part in data)
        if mask.dtype != bool or mask.shape != values.shape:
            raise CodecError("a mask that does not fit")
        return np.ma.MaskedArray(values, mask)
    if kind == "objects":
        return _rebuild_objects(*data)
    if kind == "generator":
        return _rebuild_generator(*data)
    if kind in ("matrix", "poly1d"):
        return getattr(np, kind)(check_type(data, np.ndarray))
    if kind == "ufunc" and isinstance(getattr(np, check_type(data, str), None), np.ufunc):
        return getattr(np, data)
    if kind == "random_state":
        return np.random.RandomState(check_type(data, int))
    if kind == "dtype":
        return find_plain_dtype(check_type(data, str))
    if kind == "sparse":
        return _rebuild_sparse(*data)
    return _rebuild_records(kind, *data)


def _rebuild_objects(shape: Any, items: Any) -> np.ndarray:
    """An array of objects; `items` is a list, whatever its members are."""
    array = np.empty(len(check_type(items, list)), object)
    for place, item in enumerate(items):
        # One by one: NumPy would look into lists, and ask handles for their length.
        array[place] = item
    return array.reshape(shape)


def _rebuild_generator(state: Any) -> np.random.Generator:
    generator = np.random.Generator(np.random.PCG64())
    generator.bit_generator.state = check_type(state, dict)
    return generator


def _rebuild_records(kind: str, shape: Any, fields: Any, is_scalar: Any) -> Any:
    if not 0 < len(check_type(fields, list)) <= _MOST_FIELDS:
        raise CodecError("an array of too many fields")
    shape = tuple(check_type(size, int) for size in shape)
    columns = [(check_type(n, str), check_type(a, np.ndarray)) for n, a in fields]
    for _, column in columns:
        if column.shape[: len(shape)] != shape:
            raise CodecError("a field of another shape")
        if column.dtype.kind != "O":
            find_plain_dtype(column.dtype.str)
    dtype = [(name, column.dtype, column.shape[len(shape) :]) for name, column in columns]
    array = np.empty(shape, dtype)
    for name, column in columns:
        array[name] = column
    array = array.view(np.recarray) if kind == "recarray" else array
    return array[()] if is_scalar is True else array


def _rebuild_sparse(name: Any, shape: Any, values: Any, *places: Any) -> Any:
    import scipy.sparse

    if name not in _SPARSE or any(check_type(n, int) > _MOST_ROWS for n in shape):
        raise CodecError("a sparse array of an unknown form")
    form, _, kind = name.partition("_")
    coordinates = tuple(check_type(place, np.ndarray).astype(np.int64) for place in places)
    make = scipy.sparse.coo_array if kind == "array" else scipy.sparse.coo_matrix
    return make((check_type(values, np.ndarray), coordinates), tuple(shape)).asformat(form)
