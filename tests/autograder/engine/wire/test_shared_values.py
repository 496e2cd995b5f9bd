"""Values of libraries: the same on both sides, or refused."""

from __future__ import annotations

import array
import datetime
import decimal
import fractions
import types
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import numpy as np
import pytest

from autograder.engine.wire.codec import CodecError, decode, encode
from autograder.engine.wire.shared_values import describe_shared, rebuild_shared


def cross(value: Any) -> Any:
    return decode(encode(value, describe_shared), lambda kind, data: rebuild_shared(data))


@pytest.mark.parametrize(
    "value",
    [
        datetime.date(2024, 2, 29),
        datetime.datetime(2024, 1, 1, 12, fold=1),
        datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
        datetime.timedelta(days=-1, seconds=3),
        decimal.Decimal("-1.10E+3"),
        fractions.Fraction(-1, 3),
        deque([1, [2]], maxlen=3),
        Counter("aab"),
        OrderedDict(b=1, a=2),
        defaultdict(list, a=[1]),
        types.SimpleNamespace(a=1),
        [deque([fractions.Fraction(1, 2)])],
        bytearray(b"ab"),
        memoryview(b"ab"),
        array.array("d", [1.5]),
        {"a": 1}.keys(),
        {"a": 1}.items(),
        NotImplemented,
    ],
    ids=lambda value: type(value).__name__,
)
def test_python_values(value: Any) -> None:
    found = cross(value)
    assert found == value and type(found) is type(value)


def test_arrays() -> None:
    records = np.array([(1, "a")], dtype=[("n", "i4"), ("s", "U2")])
    found = cross([records, np.array([1, None, "a"], dtype=object), records.view(np.recarray)])
    assert found[0].dtype == records.dtype and found[0][0]["s"] == "a"
    assert found[1].tolist() == [1, None, "a"] and found[2].n[0] == 1
    ordered = cross(np.asfortranarray(np.arange(6).reshape(2, 3)))
    assert ordered.flags.f_contiguous and ordered[1, 2] == 5
    masked = cross(np.ma.masked_equal([1, 2], 2))
    assert masked.mask.tolist() == [False, True]


def test_tensors() -> None:
    tf = pytest.importorskip("tensorflow")
    tensor, text, ragged = cross(
        [tf.constant([1.5]), tf.constant(["a"]), tf.ragged.constant([[1]])]
    )
    assert tensor.dtype == tf.float32 and text.numpy()[0] == b"a" and ragged.to_list() == [[1]]
    assert cross(tf.Variable(3.0)).numpy() == 3 and cross(tf.float16) == tf.float16


def test_estimators() -> None:
    pytest.importorskip("sklearn")
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0])
    found = cross(model)
    assert type(found) is LinearRegression and found.predict([[2.0]]) == model.predict([[2.0]])


@pytest.mark.parametrize(
    "data",
    [
        ["os.system", "true"],
        ["python_values.Decimal", "1E+99999"],
        ["python_values.error", ["SystemExit", []]],
        ["python_values.nothing", 1],
        ["python_values.__class__", 1],
        ["array_values.structured", [[1], [["a", 3]], False]],
        ["array_values.sparse", ["csr_matrix", [10**12, 1], 1]],
        ["tensor_values.tensor", ["float32", "text"]],
        ["estimator_values.estimator", ["LinearRegression", {"predict": 3}]],
        ["estimator_values.estimator", ["LinearRegression", {"__class__": 3}]],
        ["estimator_values.estimator", ["SVC", {}]],
        ["science_values.expression", ["Node", "sympify", []]],
        [],
        3,
    ],
    ids=str,
)
def test_anything_else_is_an_error(data: Any) -> None:
    with pytest.raises(
        (CodecError, ArithmeticError, LookupError, TypeError, ValueError, ImportError)
    ):
        rebuild_shared(data)
