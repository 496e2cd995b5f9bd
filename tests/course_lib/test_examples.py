"""The examples in all docstrings of course_lib run and print what they say."""

from __future__ import annotations

import ast
import doctest
import inspect
import pkgutil
from importlib import import_module

import pytest

import course_lib
from course_lib.data.sources import provenance

MODULES = ["course_lib"] + [
    module.name for module in pkgutil.walk_packages(course_lib.__path__, "course_lib.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("COURSE_DATA", "COURSE_PROFILE", "AUTOGRADER_SEED"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(provenance, "_announced", {})
    module = import_module(name)
    runner = doctest.DocTestRunner()
    # Not doctest.testmod, which skips functions behind decorators such as contextmanager.
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            text = ast.get_docstring(node) or ""
            title = f"{name}.{getattr(node, 'name', '')}"
            runner.run(
                doctest.DocTestParser().get_doctest(text, dict(vars(module)), title, name, 0)
            )
    assert runner.failures == 0
