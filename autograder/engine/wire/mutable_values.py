"""Objects that a call may change in place: both sides list them in the same order."""

from __future__ import annotations

import array
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

_MOST = 100_000
_MOST_ITEMS = 10_000
_SEQUENCES = (list, deque, bytearray, array.array)
_CHANGED = (*_SEQUENCES, dict, set, np.ndarray)
# By a library, its classes whose objects hold all that can change in their attributes.
_WHOLE = {
    "networkx": ("Graph",),
    "keras": ("Model",),
    "sklearn.base": ("BaseEstimator",),
}


def list_mutables(arguments: Any) -> list[Any]:
    """Return the objects in a call's arguments that can be changed in place, in a fixed order.

    Args:
        arguments: The arguments; the same object in two places counts twice.
    """
    found: list[Any] = []
    for value in _walk(arguments, 0):
        found.append(value)
        if len(found) == _MOST:
            break
    return found


def _walk(value: Any, depth: int) -> Iterator[Any]:
    kind = type(value)
    if depth > 50:
        return
    if is_mutable(value):
        yield value
    if issubclass(kind, (list, tuple, deque)):
        for item in list(value):
            yield from _walk(item, depth + 1)
    elif issubclass(kind, dict):
        for item in list(value.values()):
            yield from _walk(item, depth + 1)


def is_mutable(value: Any) -> bool:
    """Whether a value of ours is of a kind that can be changed in place."""
    kind = type(value)
    is_variable = _is_of(kind, {"tensorflow": ("Variable",)})
    return issubclass(kind, _CHANGED) or _is_of_pandas(kind) or is_variable or is_whole(kind)


def is_whole(kind: type) -> bool:
    """Whether all that can change in the objects of a library's class is in their attributes."""
    return _is_of(kind, _WHOLE) and kind.__module__ != "__main__"


def _is_of(kind: type, classes: Mapping[str, tuple[str, ...]]) -> bool:
    known = ((sys.modules.get(module), names) for module, names in classes.items())
    found = (getattr(library, name, None) for library, names in known for name in names)
    return any(one is not None and issubclass(kind, one) for one in found)


def is_small(value: Any) -> bool:
    """Whether a value can be changed in place, and costs little to compare and send again."""
    if not issubclass(type(value), _CHANGED) and not _is_of_pandas(type(value)):
        return False
    return bool((value.size if hasattr(value, "size") else len(value)) < _MOST_ITEMS)


def _is_of_pandas(kind: type) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and issubclass(kind, (pandas.DataFrame, pandas.Series))


def update_in_place(target: Any, new: Any) -> None:
    """Give an object the content of another one of its kind.

    Args:
        target: One of `list_mutables`.
        new: What it holds from now on.

    Raises:
        TypeError: It is of another kind.
    """
    for kind in (*_SEQUENCES, dict, set):
        if isinstance(target, kind):
            if not isinstance(new, kind):
                raise TypeError(f"a {kind.__name__} became something else")
            _refill(target, new)
            return
    if is_whole(type(target)) and type(new) is type(target):
        # Not by the class's own way of setting attributes.
        content = object.__getattribute__(target, "__dict__")
        content.clear()
        content.update(object.__getattribute__(new, "__dict__"))
    elif isinstance(target, np.ndarray):
        if not isinstance(new, np.ndarray) or new.shape != target.shape:
            raise TypeError("an array became another one")
        target[...] = new
    elif hasattr(target, "assign_add"):
        target.assign(new)
    elif type(new) is not type(target):
        raise TypeError("a table or a model became something else")
    else:
        target._update_inplace(new)


def _refill(target: Any, new: Any) -> None:
    """Not by methods of a class that derives from one of Python's: they may do something else."""
    items: list[Any] = list(new.items()) if isinstance(new, dict) else list(new)
    kind: Any = next(one for one in (*_SEQUENCES, dict, set) if isinstance(target, one))
    if kind is array.array:
        target[:] = new
    elif kind in _SEQUENCES:
        kind.clear(target)
        kind.extend(target, items)
    else:
        kind.clear(target)
        kind.update(target, items)
