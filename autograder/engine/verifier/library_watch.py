"""Notices what a test patches in modules, such as `builtins.input` or `random.randint`."""

from __future__ import annotations

import ast
import contextlib
import re
import sys
import types
from collections.abc import Mapping
from typing import Any

from autograder.engine.verifier.given_objects import is_library
from autograder.engine.verifier.own_names import parse_cell

_PATCHES = re.compile(r"\bpatch\b|\bsetattr\b|\bbuiltins\b|^\s*[A-Za-z_][\w.]*\.\w+\s*=[^=]", re.M)
_ALWAYS = ("builtins", "random", "time")
# Of `sys` only these; where a test's text goes is the test's own.
_OF_SYS = ("argv", "stdin")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
_ABSENT = object()


class LibraryWatch:
    """The attributes of modules that differ from those before the cell."""

    def __init__(self) -> None:
        self._before: dict[str, dict[str, Any]] = {}
        self._sent: dict[tuple[str, str], Any] = {}

    def forget(self) -> None:
        """Nothing has been sent to this kernel yet."""
        self._sent.clear()

    def begin_cell(self, source: str, names: Mapping[str, Any]) -> None:
        """Watch the modules that the cell may patch.

        Args:
            source: the cell.
            names: its namespace.
        """
        self._before = {}
        if _PATCHES.search(source):
            modules = [sys.modules.get(name) for name in (*_ALWAYS, "sys")]
            for module in [*modules, *_find_modules(source)]:
                if module is not None:
                    self._before[module.__name__] = dict(vars(module))

    def list_changes(self) -> dict[str, list[Any]]:
        """What is to be patched, and what is to be as before."""
        now: dict[tuple[str, str], Any] = {}
        for module, before in self._before.items():
            for name, value in list(vars(sys.modules[module]).items()):
                is_watched = module != "sys" or name in _OF_SYS
                if is_watched and before.get(name, _ABSENT) is not value:
                    now[module, name] = value
        patched = [
            [*key, value] for key, value in now.items() if self._sent.get(key, _ABSENT) is not value
        ]
        restored = [list(key) for key in self._sent if key not in now]
        self._sent = now
        return {"unpatch": restored, "patch": patched}


def _find_modules(source: str) -> list[types.ModuleType]:
    """The libraries that a cell's text names: imported ones, and those in strings."""
    found: set[str] = set()
    with contextlib.suppress(SyntaxError, ValueError):
        for node in ast.walk(parse_cell(source)):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.add(node.value.id)
            elif isinstance(node, ast.Constant) and _DOTTED.fullmatch(str(node.value)):
                found.add(str(node.value).rpartition(".")[0])
    modules = [sys.modules.get({"np": "numpy", "pd": "pandas"}.get(name, name)) for name in found]
    return [module for module in modules if module is not None and is_library(module.__name__)]
