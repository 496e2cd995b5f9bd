"""`autograder lint` warns of what a student can dictate."""

from __future__ import annotations

import pytest

from autograder.authoring.believed_values import find_beliefs


@pytest.mark.parametrize(
    ("test", "finding"),
    [
        ("assert train().history['loss'][-1] < 1", "believes `train().history`"),
        ("h = train()\nassert len(h.epoch) == 5", "believes `h.epoch`"),
        ("loss, accuracy = model.evaluate(x, y)", "believes `model.evaluate`"),
        ("assert model.metrics_names == ['loss']", "believes `model.metrics_names`"),
        ("assert all(a == b for a, b in zip(f(x), right))", "add strict=True"),
    ],
)
def test_a_belief_is_found(test: str, finding: str) -> None:
    (belief,) = find_beliefs(test)
    assert finding in belief


@pytest.mark.parametrize(
    "test",
    [
        "assert accuracy(model.predict(x), y) > 0.9",
        "for a, b in zip(f(x), right, strict=True): assert a == b",
        "for (a,) in zip(f(x)): assert a",
        "history = [1]\nassert f(history) == 1",
        "this is not Python",
    ],
)
def test_what_is_measured_is_not(test: str) -> None:
    assert find_beliefs(test) == []
