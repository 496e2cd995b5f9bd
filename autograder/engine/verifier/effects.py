"""Shows on the trusted side what the student's code printed and warned of."""

from __future__ import annotations

import builtins
import sys
import warnings
from typing import Any

_MOST = 1_000


def show_effects(effects: dict[str, Any]) -> None:
    """Print and warn as the student's code did while the test asked it.

    Args:
        effects: "printed", pairs of a stream's name and a text, and "warned", pairs of the names
            of a warning's classes and its message; untrusted.
    """
    printed, warned = effects.get("printed"), effects.get("warned")
    for stream, text in _read_pairs(printed):
        if type(text) is str and stream in ("stdout", "stderr"):
            (sys.stdout if stream == "stdout" else sys.stderr).write(text)
    for names, message in _read_pairs(warned):
        if type(names) is list and type(message) is str:
            warnings.warn_explicit(message, _find_category(names), "<student's code>", 1)


def _read_pairs(pairs: Any) -> list[Any]:
    if type(pairs) is not list:
        return []
    return [p for p in pairs[:_MOST] if type(p) is list and len(p) == 2]


def _find_category(names: list[Any]) -> type[Warning]:
    for name in names[:20]:
        found = getattr(builtins, name, None) if type(name) is str else None
        if isinstance(found, type) and issubclass(found, Warning):
            return found
    return UserWarning
