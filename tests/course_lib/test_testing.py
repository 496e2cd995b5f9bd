import re

import numpy as np
import pytest

from course_lib.testing import (
    Comparison,
    at_least,
    at_most,
    hidden_seed,
    near,
    take_comparisons,
)


def test_seed_of_the_grading_is_used_and_not_shown(monkeypatch, capfd):
    monkeypatch.setenv("AUTOGRADER_SEED", "41")
    assert hidden_seed() == 41
    assert capfd.readouterr() == ("", "")


def test_default_is_a_new_seed_for_each_call(monkeypatch, capsys):
    monkeypatch.delenv("AUTOGRADER_SEED", raising=False)
    seeds = {hidden_seed() for _ in range(5)}
    assert len(seeds) == 5 and min(seeds) >= 0
    assert set(capsys.readouterr().out.split("\n")[:-1]) == {f"hidden seed: {s}" for s in seeds}


@pytest.mark.parametrize("text", ["-1", "seven", "1.5"])
def test_wrong_seed_is_explained(monkeypatch, text):
    monkeypatch.setenv("AUTOGRADER_SEED", text)
    with pytest.raises(ValueError, match="AUTOGRADER_SEED is"):
        hidden_seed()


@pytest.mark.parametrize("given", [2.0, 2, np.float32(2), [2.0], np.array([[2.00001]]), (2,)])
def test_near_accepts_one_number_in_any_form(given):
    near(given, 2.0, "`f()`")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, "`f()` returned None. Did you forget `return`?"),
        ("two", "`f()` returned a str; expected numbers."),
        ("12", "`f()` returned a str; expected numbers."),
        (True, "`f()` returned a bool; expected numbers."),
        ([1.0, 2.0, 3.0], r"an array of shape \(3,\); expected an array of shape \(2,\)"),
        ([1.0, np.nan], r"`f\(\)` returned \[1, nan\]; expected \[1, 2\]\.$"),
        ([1.0, 3.0], r"returned \[1, 3\]; expected \[1, 2\]\. Is it one too many\?$"),
        ([1.0, 2.0005], r"expected \[1, 2\]\.$"),
    ],
)
def test_near_explains(given, sentence):
    mistakes = {"Did you round?": [1.0, 2.0005], "Is it one too many?": [1.0, 3.0]}
    pattern = sentence if "\\" in sentence else re.escape(sentence)
    with pytest.raises(AssertionError, match=pattern):
        near(given, [1.0, 2.0], "`f()`", mistakes=mistakes)


def test_right_value_is_never_taken_for_a_mistake():
    near([1.0, 2.0], [1.0, 2.0], "`f()`", mistakes={"Wrong.": [1.0, 2.0]})


def test_near_says_where_arrays_that_look_alike_differ():
    given, wanted = np.zeros((3, 4)), np.zeros((3, 4))
    given[2, 1], wanted[2, 1] = 0.25, 0.75
    with pytest.raises(AssertionError, match=re.escape("At [2, 1] it is 0.25; expected 0.75.")):
        near(given, wanted, "`f()`")
    with pytest.raises(AssertionError) as failure:
        near(given, 1 + wanted, "`f()`")
    assert "At [" not in str(failure.value)


def test_infinities_are_compared():
    near([np.inf, -np.inf], [np.inf, -np.inf], "`f()`")
    with pytest.raises(AssertionError, match="returned inf"):
        near(np.inf, 1.0, "`f()`")


@pytest.mark.parametrize("value", [0.89, np.nan, "much", [0.95, 0.95]])
def test_at_least_refuses(value):
    with pytest.raises(AssertionError, match="The accuracy is .*; expected"):
        at_least(value, 0.9, "The accuracy", sd=0.01)


def test_at_most_gives_the_hint():
    with pytest.raises(AssertionError, match=r"The loss is 2; expected at most 1\. Train longer\."):
        at_most(2.0, 1.0, "The loss", sd=0.1, hint="Train longer.")


def test_comparisons_are_recorded_once():
    take_comparisons()
    near(1.0, 1.0, "`f()`", atol=0.1, rtol=0)
    at_least(np.float32(0.5), 0.25, "The accuracy", sd=0.125)
    assert take_comparisons() == [
        Comparison("`f()`", 0.0, 1.0),
        Comparison("The accuracy", 0.5, 0.25, 0.125),
    ]
    assert take_comparisons() == []
