"""Any reply of a student's agent gives an error, or values of exact built-in types."""

from __future__ import annotations

import builtins
import importlib
import socket
import struct
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.engine.verifier.student_channel import StudentChannel
from autograder.engine.verifier.student_error import LimitReachedError, make_student_error
from autograder.engine.verifier.trusted_values import TrustedValues
from autograder.engine.wire.codec import CodecError, Extension, decode, encode
from autograder.engine.wire.deadline import WaitingTime
from autograder.engine.wire.frames import FrameError, receive_frame
from autograder.engine.wire.limits import Limits
from tests.autograder.engine.wire.hostile_values import (
    MADE,
    extensions,
    scalars,
    weigh,
)
from tests.autograder.fuzzing import fuzz


@pytest.fixture(scope="module")
def dead() -> StudentChannel:
    """A line to a kernel that is gone."""
    # It imports TensorFlow, which takes longer than one example may.
    importlib.import_module("autograder.engine.verifier.model_handles")
    here, there = socket.socketpair()
    there.close()
    return StudentChannel(here, Limits(), WaitingTime())


@fuzz
@given(extensions)
@example(Extension("dtype", "M8[s/0]"))
@example(Extension("shared", ["array_values.objects", [[3], Extension("range", [0, 10**12, 1])]]))
@example(Extension("slice", Extension("range", [0, 10**12, 1])))
@example(Extension("shared", ["array_values.sparse", ["csr_array", [10**12, 3], 1, 2, 3]]))
@example(Extension("shared", ["python_values.Decimal", "1E+999999999"]))
@example(Extension("shared", ["estimator_values.estimator", ["Ridge", {"fit": 3}]]))
@example(Extension("library", ["unittest.mock", "_ANY"]))
@example(Extension("record", [1, "class", ["x"], [1], {}]))
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
