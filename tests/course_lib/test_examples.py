"""The examples in the docstrings run and print what they say."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import course_lib

MODULES = ["course_lib"] + [
    module.name for module in pkgutil.walk_packages(course_lib.__path__, "course_lib.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name, monkeypatch):
    for variable in ("COURSE_DATA", "COURSE_PROFILE", "AUTOGRADER_SEED"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(import_module("course_lib.data.provenance"), "_said", {})
    result = doctest.testmod(import_module(name))
    assert result.failed == 0
