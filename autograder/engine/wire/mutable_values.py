"""Objects that a call may change in place: both sides list them in the same order."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

_MOST = 100_000
_MOST_ITEMS = 10_000
_CHANGED = (list, dict, set, deque, np.ndarray)


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
    return issubclass(kind, _CHANGED) or _is_of_pandas(kind)


def is_small(value: Any) -> bool:
    """Whether a value can be changed in place, and costs little to compare and send again."""
    if not is_mutable(value):
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
    for kind in (list, dict, set, deque):
        if isinstance(target, kind):
            if not isinstance(new, kind):
                raise TypeError(f"a {kind.__name__} became something else")
            _refill(target, new)
            return
    if isinstance(target, np.ndarray):
        if not isinstance(new, np.ndarray) or new.shape != target.shape:
            raise TypeError("an array became another one")
        target[...] = new
    elif type(new) is not type(target):
        raise TypeError("a table became something else")
    else:
        target._update_inplace(new)


def _refill(target: Any, new: Any) -> None:
    items = list(new.items()) if isinstance(new, dict) else list(new)
    target.clear()
    if isinstance(target, (list, deque)):
        target.extend(items)
    else:
        target.update(items)
