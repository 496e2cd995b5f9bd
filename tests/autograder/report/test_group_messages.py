"""Messages that differ only in numbers are one line."""

from __future__ import annotations

import pytest

from autograder.report.group_messages import group_messages, remove_numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("not 3", "not -4.5e-3"),
        ("sum to [0.1, 0.2]", "sum to [1, 2, 3]"),
        ("1,024 parameters", "50,890 parameters"),
        ("3 ≠ 4\n", "5  ≠ 6"),
    ],
)
def test_alike(one: str, other: str) -> None:
    assert remove_numbers(one) == remove_numbers(other)


@pytest.mark.parametrize(("one", "other"), [("conv2d", "conv3d"), ("float32", "float64")])
def test_a_names_digits_count(one: str, other: str) -> None:
    assert remove_numbers(one) != remove_numbers(other)


def test_commonest_first_and_students_once() -> None:
    messages = [
        ("q", "not 1", "Ada"),
        ("q", "not 2", "Zoë"),
        ("q", "not 2", "Max"),
        ("q", "not 3", "Max"),
        ("r", "not 1", "Ada"),
    ]
    first, second = group_messages(messages)
    assert (first.about, first.text, first.same) == ("q", "not 2", False)
    assert first.students == ("Ada", "Zoë", "Max") and first.is_shared
    assert (second.about, second.same, second.is_shared) == ("r", True, False)
