"""Finds modules that a test cell uses without importing them, without asking the student."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterable
from typing import Any

# Customary names, for notebooks whose instructor does not import them.
_CUSTOMARY = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "sns": "seaborn",
    "sp": "scipy",
    "tf": "tensorflow",
}
_CUSTOMARY.update({name: name for name in ("keras", "math", "numpy", "random", "tensorflow")})


class TrustedImports:
    """Finds what a name stands for, in the imports of the instructor's notebook.

    Args:
        sources: the code cells of the instructor's notebook.

    Example:
        >>> TrustedImports(["import math as m"]).find("m").__name__
        'math'
    """

    def __init__(self, sources: Iterable[str]) -> None:
        self._imports: dict[str, tuple[str, str | None]] = {}
        self._bound: set[str] = set()
        for source in sources:
            # IPython's own lines are not Python; an import below them still counts.
            lines = [line for line in source.splitlines() if line.lstrip()[:1] not in ("%", "!")]
            try:
                tree = ast.parse("\n".join(lines))
            except (SyntaxError, ValueError):
                continue
            for node in tree.body:
                self._read(node)

    def _read(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name if alias.asname else alias.name.split(".")[0]
                self._imports[alias.asname or top] = (top, None)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if alias.name != "*":
                    self._imports[alias.asname or alias.name] = (node.module, alias.name)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            self._bound.add(node.name)
        else:
            self._bound.update(
                item.id
                for item in ast.walk(node)
                if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)
            )

    def find(self, name: str) -> Any:
        """The module, or the object of a module, that `name` stands for.

        Raises:
            KeyError: the instructor's notebook does not import it, or it can't be imported here.
        """
        if name in self._bound:
            # What the notebook itself defines is the student's work.
            raise KeyError(name)
        module, attribute = self._imports.get(name, (_CUSTOMARY.get(name), None))
        if module is None:
            raise KeyError(name)
        try:
            found = importlib.import_module(module)
            if attribute is None:
                return found
            if hasattr(found, attribute):
                return getattr(found, attribute)
            return importlib.import_module(f"{module}.{attribute}")
        except ImportError as error:
            raise KeyError(name) from error
