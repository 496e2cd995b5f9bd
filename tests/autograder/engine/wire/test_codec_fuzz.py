"""Any bytes from the student's side give an error, or values of exact built-in types."""

from __future__ import annotations

import builtins
import socket
import struct
import time
import types
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.engine.verifier.handles import Handle
from autograder.engine.verifier.student_channel import StudentChannel
from autograder.engine.verifier.student_error import LimitReachedError, make_student_error
from autograder.engine.verifier.student_history import StudentHistory
from autograder.engine.verifier.trusted_values import StudentModule, TrustedValues
from autograder.engine.wire.codec import CodecError, Extension, decode, encode
from autograder.engine.wire.frames import FrameError, receive_frame
from autograder.engine.wire.limits import Limits
from tests.autograder.fuzzing import fuzz

PLAIN = (type(None), bool, int, float, complex, str, bytes)
MADE = (range, slice, type(...), StudentHistory, StudentModule, types.FunctionType, np.dtype)

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
        "object_array",
        "text",
        "module",
        "frame",
        "series",
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
        ]
    },
)
extensions = st.deferred(
    lambda: st.builds(
        Extension, kinds, about | values | st.lists(extensions | values, max_size=3) | extensions
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


@fuzz
@given(st.binary(max_size=200))
@example(array_of("M8[s/0]", 1))  # numpy divides by the 0: a signal that ends the process
@example(array_of(",", 1))  # numpy asks Python's parser: a SyntaxError
@example(array_of("|S0", 50_000, 50_000))  # numpy makes S1 of it: 2.5 GB for 40 bytes
@example(array_of("|i1", 0, *[2_000_000] * 31))
def test_any_bytes(payload: bytes) -> None:
    refused_or_plain(payload)


@fuzz
@given(values, st.data())
def test_bytes_of_values_with_changes(value: Any, data: st.DataObject) -> None:
    payload = bytearray(encode(value))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(payload)))
        end = data.draw(st.integers(start, min(len(payload), start + 8)))
        payload[start:end] = data.draw(st.binary(max_size=9) | st.sampled_from(TAGS))
    refused_or_plain(bytes(payload))


TAGS = [bytes([tag]) + bytes(number) for tag in b"NTFifcsbltezdanx" for number in (0, 3, 7)]


@fuzz
@given(
    st.text("?biufcSUmMOVT<>=|0123456789[]()/,. nsuD", max_size=12) | st.text(max_size=40),
    st.lists(st.integers(0, 3) | st.integers(0, 2**64 - 1), max_size=4),
)
@example("S2147483647", [0])
@example("M8[1000000000000000000000000s]", [0])
@example("(2,3)f8", [0])
def test_any_dtype_and_shape(dtype: str, shape: list[int]) -> None:
    refused_or_plain(array_of(dtype.encode("utf-8", "replace").decode(), *shape))


@fuzz
@given(values)
@example(1 << (8 * (1 << 16) - 2))
@example([[]] * 3)
def test_values_arrive_as_they_were(value: Any) -> None:
    assert form(decode(encode(value))) == form(value)


def form(value: Any) -> Any:
    """All that tells one value from another, types too; NaN is NaN."""
    kind = type(value)
    if kind in (list, tuple):
        return kind, [form(item) for item in value]
    if kind in (set, frozenset):
        return kind, sorted(repr(form(item)) for item in value)
    if kind is dict:
        return kind, [(form(key), form(item)) for key, item in value.items()]
    if issubclass(kind, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype in ("<f2", ">f2") and np.isinf(array).any():
            return form(value.astype(np.float64))
        return kind, array.dtype.str, array.shape, array.tobytes()
    return kind, hex(value) if kind is int else repr(value)


@pytest.mark.parametrize(
    "value",
    [
        1 << (8 << 20),
        np.zeros((0, 3_000_000), "i1"),
        {k * (2**61 - 1) for k in range(1, 5_000)},
        {k * (2**61 - 1): 0 for k in range(1, 5_000)},
    ],
    ids=["integer", "empty array", "set that collides", "dict that collides"],
)
def test_what_would_be_refused_there_is_refused_here(value: Any) -> None:
    with pytest.raises(CodecError):
        encode(value)


def test_keys_made_to_collide_cost_no_time() -> None:
    numbers = [k * (2**61 - 1) for k in range(1, 50_000)]
    payload = bytearray(encode(numbers))
    for tag in b"ez":
        payload[0] = tag
        started = time.process_time()
        with pytest.raises(CodecError, match="hash"):
            decode(bytes(payload))
        assert time.process_time() - started < 10, "quadratic"


@pytest.fixture(scope="module")
def dead() -> StudentChannel:
    """A line to a kernel that is gone."""
    here, there = socket.socketpair()
    there.close()
    return StudentChannel(here, Limits())


@fuzz
@given(extensions)
@example(Extension("dtype", "M8[s/0]"))
@example(Extension("object_array", [[3], Extension("range", [0, 10**12, 1])]))
@example(Extension("slice", Extension("range", [0, 10**12, 1])))
@example(
    Extension("frame", {"columns": [["a", Extension("range", [0, 10**9, 1])]], "index": [0, 1]})
)
@example(Extension("series", {"values": Extension("range", [0, 10**9, 1]), "index": [], "name": 0}))
@example(Extension("module", 10**5000))
def test_any_extension(dead: StudentChannel, extension: Extension) -> None:
    try:
        value = decode(encode([extension]), TrustedValues(dead).receive)
    except (CodecError, LimitReachedError):
        return
    weigh(value, MADE)


@fuzz
@given(
    st.lists(st.sampled_from(dir(builtins)) | scalars, max_size=4) | scalars,
    scalars,
)
def test_any_exception(names: Any, message: Any) -> None:
    error = make_student_error(names, message)
    assert isinstance(error, Exception)
    assert not isinstance(error, (StopIteration, StopAsyncIteration))
    assert type(error).__module__ == "builtins" and len(str(error)) < 20_000


@fuzz
@given(st.binary(max_size=30) | st.binary(max_size=20).map(lambda b: struct.pack(">Q", len(b)) + b))
def test_any_frame(sent: bytes) -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(sent)
        there.shutdown(socket.SHUT_WR)
        try:
            received = receive_frame(here, 1 << 20, time.monotonic() + 5)
        except FrameError:
            return
        assert sent[8 : 8 + len(received)] == received
