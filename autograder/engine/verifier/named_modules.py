"""Modules that define the classes of a student's objects, as far as the notebook names them."""

from __future__ import annotations

import importlib
import re
import sys
from types import ModuleType

# In a class that stands for one that is not known here: its module and name, as the student said.
SAID = "_said_to_be"
# Modules that do something when they are imported.
_PRIVATE = re.compile(r"(?:^|\.)(?:_?tests?|conftest|testing|__\w+__|main|cli)(?:\.|$)")


def find_named_module(module: str, text: str) -> ModuleType | None:
    """Return a module that is imported already, or whose package the notebook names.

    Args:
        module: The module's name, as the student's side says.
        text: The instructor's notebook.
    """
    if module in sys.modules:
        return sys.modules[module]
    root = module.partition(".")[0]
    if not root.isidentifier() or not re.search(rf"\b{root}\b", text) or _PRIVATE.search(module):
        return None
    try:
        return importlib.import_module(module)
    except Exception:  # whatever an import runs into
        return None
