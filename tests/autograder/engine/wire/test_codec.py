"""Plain values cross between the two sides; nothing else does."""

from __future__ import annotations

import os
import random
from typing import Any

import numpy as np
import pytest

from autograder.engine.wire.codec import CodecError, Extension, decode, encode

VALUES = [
    None,
    True,
    -(2**200),
    1.5,
    complex(1, -2),
    "ü\ud800🦆",
    b"\0\xff",
    [1, [2, (3, {4: {5}})], frozenset({6})],
    {"a": [None], (1, "b"): {}},
]
ARRAYS = [
    np.arange(6.0).reshape(2, 3).T,
    np.zeros((0, 3), "int8"),
    np.array(5, ">u4"),
    np.array(["ab", "c"]),
    np.array(["2026-01-01"], "datetime64[D]"),
    np.array([True, False]),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_plain_values_arrive_as_they_were(value: Any) -> None:
    arrived = decode(encode(value))
    assert arrived == value and type(arrived) is type(value)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: str(array.dtype))
def test_arrays_arrive_with_shape_and_dtype(array: np.ndarray) -> None:
    arrived = decode(encode(array))
    np.testing.assert_array_equal(arrived, array)
    assert arrived.dtype == array.dtype and arrived.flags.writeable and type(arrived) is np.ndarray


def test_numpy_scalars_stay_numpy_scalars() -> None:
    assert type(decode(encode(np.float32(0.5)))) is np.float32


@pytest.mark.parametrize(
    "value",
    [object(), type("L", (list,), {})(), np.array([object()]), np.zeros(2, "i4,f4"), Ellipsis],
    ids=lambda value: type(value).__name__,
)
def test_other_types_do_not_cross_by_themselves(value: Any) -> None:
    with pytest.raises(CodecError):
        encode(value)


def test_a_value_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(CodecError, match="contain itself"):
        encode(loop)


def test_extensions_need_a_receiver() -> None:
    payload = encode(Extension("model", {"units": 3}))
    with pytest.raises(CodecError, match="model"):
        decode(payload)
    assert decode(payload, lambda kind, data: (kind, data)) == ("model", {"units": 3})


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"?",
        b"Nx",
        b"s" + (10).to_bytes(8, "big") + b"ab",
        b"s" + (1).to_bytes(8, "big") + b"\xff",
        b"l" + (2**32 - 1).to_bytes(4, "big"),
        b"l\0\0\0\1" * 5_000,
        b"d\0\0\0\1l\0\0\0\0N",
        b"i" + (1 << 40).to_bytes(8, "big"),
        b"a" + (1).to_bytes(8, "big") + b"O" + bytes(4),
        b"a" + (2).to_bytes(8, "big") + b"|O" + bytes(4),
        b"a" + (3).to_bytes(8, "big") + b"|i1\0\0\0\1" + (1 << 60).to_bytes(8, "big"),
        b"a" + (3).to_bytes(8, "big") + b"|S0\0\0\0\2" + (1 << 60).to_bytes(8, "big") * 2,
        b"a" + (3).to_bytes(8, "big") + b"|i1\0\0\1\0",
    ],
)
def test_broken_bytes_are_refused(payload: bytes) -> None:
    with pytest.raises(CodecError):
        decode(payload)


def test_random_changes_never_do_more_than_fail() -> None:
    rng = random.Random(0)
    payload = encode([VALUES[:8], ARRAYS[0], {"a": 1}])
    for _ in range(3_000):
        changed = bytearray(payload)
        for _ in range(rng.randint(1, 4)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        try:
            decode(bytes(changed))
        except CodecError:
            continue
    for _ in range(300):
        with pytest.raises(CodecError):
            decode(b"l" + os.urandom(40))
