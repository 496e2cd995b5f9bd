"""`layers_of` opens what the grader can look into, and names what it cannot."""

from __future__ import annotations

import keras
import pytest

from course_lib.testing import layers_of
from tests.course_lib.student_models import BY_VALUE, CALLED, functional, narrow, shared

L = keras.layers


@pytest.mark.parametrize("name", BY_VALUE)
def test_models_of_keras_own_layers_are_opened(name: str) -> None:
    layers = layers_of(BY_VALUE[name](), "`model`")
    assert layers
    assert not any(isinstance(layer, (keras.Model, L.InputLayer)) for layer in layers)


@pytest.mark.parametrize("name", CALLED)
def test_what_the_grader_cannot_look_into_is_named(name: str) -> None:
    make, sentence = CALLED[name]
    with pytest.raises(AssertionError) as caught:
        layers_of(make(), "`model`")
    assert str(caught.value).startswith(f"`model` {sentence}")
    assert str(caught.value).count(". ") == 1, "a fact and what to do"


def test_nested_models_are_opened_in_order() -> None:
    inner = functional(L.Dense(3), narrow(L.ReLU()))
    model = keras.Sequential([keras.Input((4,)), L.Dense(4), inner, L.Softmax()])
    assert [type(layer).__name__ for layer in layers_of(model, "`model`")] == [
        "Dense",
        "Dense",
        "ReLU",
        "Dense",
        "Dense",
        "Softmax",
    ]


def test_a_shared_layer_is_listed_once() -> None:
    assert len(layers_of(shared(), "`model`")) == 4


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "`f` is None; expected a Keras model. Did you forget `return`?"),
        (3, "`f` is of type int; expected a Keras model."),
        (L.Dense(3), "`f` is of type Dense; expected a Keras model."),
        (keras.Sequential, "`f` is of type type; expected a Keras model."),
    ],
    ids=str,
)
def test_other_values_are_named(value: object, sentence: str) -> None:
    with pytest.raises(AssertionError) as caught:
        layers_of(value, "`f`")
    assert str(caught.value) == sentence
