"""Cheats and faults name modules and attributes that exist: a wrong import disarms them."""

from __future__ import annotations

import ast
import importlib
import types
from collections.abc import Iterator
from typing import Any

import pytest

from tests.redteam.case import Case, cases

AIMED = [case for case in cases("cheats") + cases("faults") if "autograder." in str(case.cells)]


def _find_imports(tree: ast.AST) -> Iterator[tuple[str, Any]]:
    """The names that a cell binds to modules and objects of `autograder`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder."):
            for alias in node.names:
                # Either a module of the package, or an object in the module.
                found = f"{node.module}.{alias.name}"
                module = importlib.import_module(node.module)
                if not hasattr(module, alias.name):
                    importlib.import_module(found)
                yield alias.asname or alias.name, getattr(module, alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("autograder."):
                    yield alias.asname or alias.name, importlib.import_module(alias.name)


def _find_attributes(tree: ast.AST) -> Iterator[list[str]]:
    """The attributes that a cell names, such as ["agent", "Agent", "_answer"]."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            path = ast.unparse(node).split(".")
            if all(part.isidentifier() for part in path):
                yield path


@pytest.mark.parametrize("case", AIMED, ids=lambda case: case.name)
def test_a_case_names_what_exists(case: Case) -> None:
    for cell in case.cells.values():
        tree = ast.parse(cell)
        imported = dict(_find_imports(tree))
        for name, *attributes in _find_attributes(tree):
            if name in imported and isinstance(imported[name], types.ModuleType):
                target = imported[name]
                for attribute in attributes:
                    target = getattr(target, attribute)


def test_there_are_cases_that_aim_at_the_grader() -> None:
    assert len(AIMED) >= 9
