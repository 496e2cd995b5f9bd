"""Values of Python's and other libraries that both sides take apart and rebuild alike.

A value is described by a kind and plain data; the receiver makes one of its own. What a library's
class is called decides which module knows it; nothing of the sender's is imported or called.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

from autograder.engine.wire import python_values
from autograder.engine.wire.codec import CodecError, Extension

KIND = "shared"
_HERE = "autograder.engine.wire."
# By the first part of a class's module, what knows its values; the first that does counts.
_KNOWN = {
    **dict.fromkeys(python_values.ROOTS, ("python_values",)),
    "numpy": ("array_values",),
    "scipy": ("array_values", "science_values"),
    "sklearn": ("estimator_values", "science_values"),
    "tensorflow": ("tensor_values",),
    "pandas": ("frame_values",),
    **dict.fromkeys(("sympy", "networkx", "PIL"), ("science_values",)),
}
_MODULES = frozenset(name for names in _KNOWN.values() for name in names)
# Of these the members are a student's values in their own right.
_HOLDERS = frozenset(
    (
        "python_values.deque",
        "python_values.defaultdict",
        "python_values.SimpleNamespace",
        "python_values.dict_items",
        "python_values.dict_values",
        "array_values.objects",
    )
)


def describe_shared(value: Any) -> Extension | None:
    """The value as an extension; None for one that no module knows."""
    for kind in type(value).__mro__:
        # A class may say that its module is anything at all.
        module = kind.__module__ if isinstance(kind.__module__, str) else ""
        for name in _KNOWN.get(module.partition(".")[0], ()):
            found = _load(name).describe(value)
            if found is not None:
                return Extension(KIND, [f"{name}.{found[0]}", found[1]])
    return None


def rebuild_shared(data: Any) -> Any:
    """The value that `describe_shared` described.

    Args:
        data: untrusted.

    Raises:
        CodecError: no value is described so; other exceptions mean the same.
    """
    full, content = data
    name, _, kind = python_values.check_type(full, str).partition(".")
    if name not in _MODULES:
        raise CodecError(f"a value of kind {full[:40]!r} cannot cross")
    return _load(name).rebuild(kind, content)


def holds_values(data: Any) -> bool:
    """Whether the members of what is described are values in their own right."""
    return type(data) is list and bool(data) and data[0] in _HOLDERS


def _load(name: str) -> ModuleType:
    """The module; it is imported when the first of its values crosses."""
    return sys.modules.get(_HERE + name) or importlib.import_module(_HERE + name)
