"""Values and bytes as any process might send them, for property-based tests."""

from __future__ import annotations

import struct
import types
from typing import Any

import numpy as np
from hypothesis import strategies as st

from autograder.engine.verifier.handles import Handle
from autograder.engine.verifier.student_history import StudentHistory
from autograder.engine.verifier.trusted_values import StudentModule
from autograder.engine.wire.agent_protocol import HandleKind
from autograder.engine.wire.codec import CodecError, Extension, decode

PLAIN = (type(None), bool, int, float, complex, str, bytes)
MADE = (
    range, slice, type(...), StudentHistory, StudentModule, types.FunctionType, np.dtype, type,
    types.GeneratorType,
)  # fmt: skip

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters())
    | st.binary()
)
hashable = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3),
    max_leaves=3,
)
dtypes = st.sampled_from(
    [
        "?",
        "i1",
        "u2",
        "<i4",
        ">i8",
        "<u8",
        "<f2",
        ">f4",
        "<f8",
        "<c8",
        ">c16",
        "S1",
        "S7",
        "<U3",
        ">U2",
        "m8",
        "m8[ns]",
        "M8[D]",
        "M8[25us]",
    ]
)


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    shape = draw(st.lists(st.integers(0, 3), max_size=4))
    dtype = np.dtype(draw(dtypes))
    size = int(np.prod(shape)) * dtype.itemsize
    content = draw(st.binary(min_size=size, max_size=size))
    if dtype.kind in "US?":
        # Arbitrary bytes are not Unicode, and a truth value is 0 or 1.
        made = np.array(draw(st.lists(st.booleans(), min_size=1, max_size=1)) * max(size, 1))
        return made[: int(np.prod(shape))].astype(dtype).reshape(shape)
    return np.frombuffer(content, dtype).reshape(shape) if size else np.zeros(shape, dtype)


values = st.recursive(
    scalars | arrays() | arrays().map(lambda array: array.ravel()[0] if array.size else 0),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.sets(hashable, max_size=4)
        | st.dictionaries(hashable, inner, max_size=4)
    ),
    max_leaves=8,
)
kinds = st.sampled_from(
    [
        "handle",
        "history",
        "range",
        "slice",
        "ellipsis",
        "dtype",
        "text",
        "module",
        "shared",
        "library",
        "argument",
        "test_object",
        "record",
        "member",
        "model",
        "keras",
        "nothing",
        "__init__",
    ]
)
about = st.fixed_dictionaries(
    {},
    optional={
        name: scalars | values
        for name in [
            "id",
            "kind",
            "name",
            "signature",
            "doc",
            "history",
            "epoch",
            "params",
            "columns",
            "index",
            "values",
            "config",
            "weights",
            "compile",
            "optimizer",
            "handle",
            "why",
            "probe",
            "lost",
        ]
    },
)
# Descriptions of handles as the student's side writes them, but for what they say.
handles = st.fixed_dictionaries(
    {
        "id": st.integers(),
        "kind": st.sampled_from([kind.value for kind in HandleKind]),
        "name": st.text(),
    },
    optional={"why": scalars, "doc": scalars, "signature": values},
)
extensions = st.deferred(
    lambda: st.builds(
        Extension,
        kinds,
        about | handles | values | st.lists(extensions | values, max_size=3) | extensions,
    )
)


def array_of(dtype: str, *shape: int, content: bytes = b"") -> bytes:
    """The bytes of an array, whatever its dtype is called."""
    name = dtype.encode()
    extents = b"".join(struct.pack(">Q", extent) for extent in shape)
    return b"a" + struct.pack(">Q", len(name)) + name + struct.pack(">I", len(shape)) + extents


def weigh(value: Any, made: tuple[type, ...] = ()) -> int:
    """The bytes of all arrays in it; fails when a type is not exactly one of those allowed."""
    kind = type(value)
    if kind in (list, tuple, set, frozenset):
        return sum(weigh(item, made) for item in value)
    if kind is dict:
        return sum(weigh(key, made) + weigh(item, made) for key, item in value.items())
    if kind is np.ndarray:
        assert not value.dtype.hasobject or made
        return value.nbytes
    allowed = kind in PLAIN or kind in made or issubclass(kind, np.generic)
    keras_or_pandas = kind.__module__.split(".")[0] in ("keras", "pandas")
    of_dtype = issubclass(kind, np.dtype)
    assert allowed or (made and (issubclass(kind, Handle) or keras_or_pandas or of_dtype)), kind
    return 0


def refused_or_plain(payload: bytes) -> None:
    try:
        value = decode(payload)
    except CodecError:
        return
    # Four times, because half-precision infinity comes as a double.
    assert weigh(value) <= 4 * len(payload), "it takes more memory than what was sent"
