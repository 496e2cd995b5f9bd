"""Finds a class or function of an installed library by its module and name."""

from __future__ import annotations

import importlib
from typing import Any


def find_library_object(module: str, name: str) -> Any:
    """The object of this name in a module.

    Args:
        module: the module's name; it is imported.
        name: a name in it, with points for what is inside a class.

    Raises:
        AttributeError: the module has no such name.
        ImportError: the module does not exist.

    Example:
        >>> find_library_object("math", "sqrt")(4)
        2.0
    """
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found
