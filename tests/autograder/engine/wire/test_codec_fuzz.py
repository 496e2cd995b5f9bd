"""Any bytes from the student's side give an error, or values of exact built-in types."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.engine.wire.codec import CodecError, decode, encode
from tests.autograder.engine.wire.hostile_values import (
    array_of,
    refused_or_plain,
    values,
)
from tests.autograder.fuzzing import fuzz


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
