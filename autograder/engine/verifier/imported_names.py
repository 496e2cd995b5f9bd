"""What a cell imports and reads, by its text."""

from __future__ import annotations

import ast
import contextlib

from autograder.engine.verifier.own_names import parse_cell


def find_imported_names(source: str) -> dict[str, tuple[str, str | None]]:
    """Return the module, and the name in it, of each name that a cell imports at its top level.

    Example:
        >>> find_imported_names("import numpy as np\\nfrom math import pi")
        {'np': ('numpy', None), 'pi': ('math', 'pi')}
    """
    found: dict[str, tuple[str, str | None]] = {}
    with contextlib.suppress(SyntaxError, ValueError, RecursionError):
        for node in parse_cell(source).body:
            found |= read_imports(node)
    return found


def read_imports(node: ast.stmt) -> dict[str, tuple[str, str | None]]:
    """Return the module, and the name in it, of each name that a statement imports."""
    if isinstance(node, ast.Import):
        found: dict[str, tuple[str, str | None]] = {}
        for alias in node.names:
            module = alias.name if alias.asname else alias.name.split(".")[0]
            found[alias.asname or module] = (module, None)
        return found
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {
            alias.asname or alias.name: (node.module, alias.name)
            for alias in node.names
            if alias.name != "*"
        }
    return {}


def find_read_names(source: str) -> set[str]:
    """Return every name that stands in a cell; none where it is not Python."""
    with contextlib.suppress(SyntaxError, ValueError, RecursionError):
        names = (node for node in ast.walk(parse_cell(source)) if isinstance(node, ast.Name))
        return {node.id for node in names}
    return set()
