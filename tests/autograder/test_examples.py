"""The examples in the docstrings run."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import autograder

MODULES = [module.name for module in pkgutil.walk_packages(autograder.__path__, "autograder.")]
for script in ("__main__", "server.migrations.env"):  # they start the command line, and migrate
    MODULES.remove(f"autograder.{script}")


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0
