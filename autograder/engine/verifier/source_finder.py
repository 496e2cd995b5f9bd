"""Finds the source of a student's function in the submitted notebook, for `inspect.getsource`."""

from __future__ import annotations

import ast
import contextlib
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from autograder.engine.verifier.handles import find_handle_number
from autograder.engine.verifier.own_names import parse_cell

_Found = tuple[list[str], int]


class SourceFinder:
    """Looks into the cells that have run; the student's process is not asked.

    Args:
        sources: the texts of the student's cells so far; it grows.
    """

    def __init__(self, sources: Sequence[str]) -> None:
        self._sources = sources
        self._find_elsewhere: Callable[[Any], _Found] = inspect.findsource

    def install(self) -> None:
        """Have `inspect` in this process find the student's functions and classes here."""
        setattr(inspect, "findsource", self.find)  # noqa: B010

    def find(self, value: Any) -> _Found:
        """The lines of a function or class, from its first one on, and 0; as `findsource` does.

        Raises:
            OSError: the notebook defines nothing of this name.
        """
        function = getattr(value, "__func__", value) if inspect.ismethod(value) else value
        known = getattr(function, "__dict__", None) or {}
        is_member = "student_class" in known
        if find_handle_number(value) is None and not is_member:
            return self._find_elsewhere(value)
        attribute = "__qualname__" if is_member else "__name__"
        name = str(known.get("fetched_name") or getattr(function, attribute, ""))
        for source in reversed(self._sources):
            with contextlib.suppress(SyntaxError, ValueError, RecursionError):
                found = _find_definition(source, name)
                if found is not None:
                    return found, 0
        raise OSError(f"the notebook does not define `{name}`")


def _list_nodes(tree: ast.Module, owner: str) -> list[ast.AST]:
    """The nodes of a cell, or those in the class that is called `owner`."""
    nodes = list(ast.walk(tree))
    if not owner:
        return nodes
    classes = [node for node in nodes if isinstance(node, ast.ClassDef) and node.name == owner]
    return [node for one in classes for node in ast.walk(one)]


def _find_definition(source: str, name: str) -> list[str] | None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    lines = source.splitlines(keepends=True)
    owner, _, name = name.rpartition(".")
    for node in reversed(_list_nodes(parse_cell(source), owner)):
        is_definition = isinstance(node, kinds) and node.name == name
        is_lambda = (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Lambda)
            and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        )
        if isinstance(node, ast.stmt) and (is_definition or is_lambda):
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(one.lineno for one in decorators)])
            return lines[first - 1 : node.end_lineno]
    return None
