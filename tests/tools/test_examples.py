"""The examples in the docstrings of the tools run."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("name", ["make_glossary", "pretrain_small_vgg", "train_digit_judge"])
def test_the_examples_of_a_tool(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("COURSE_DATA", "COURSE_PROFILE", "AUTOGRADER_SEED"):
        monkeypatch.delenv(variable, raising=False)
    assert doctest.testmod(import_module(f"tools.{name}")).failed == 0
