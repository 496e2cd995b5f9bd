"""The networks of `keras.applications` by name."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from types import ModuleType
from typing import Any

import keras


def find_application(name: str) -> tuple[Callable[..., Any], ModuleType]:
    """Return the function of `keras.applications` that builds a network, and its module.

    Args:
        name: Name of the function; capitals and underscores do not matter.

    Raises:
        ValueError: No network has that name; the message suggests a similar one.

    Example:
        >>> build, module = find_application("vgg16")
        >>> build is keras.applications.VGG16, module is keras.applications.vgg16
        (True, True)
    """
    found: dict[str, tuple[Callable[..., Any], ModuleType]] = {}
    for module in vars(keras.applications).values():
        if hasattr(module, "preprocess_input"):
            for key, value in vars(module).items():
                if key[0].isupper() and callable(value):
                    found.setdefault(_simplify(key), (value, module))
    if _simplify(name) not in found:
        similar = get_close_matches(_simplify(name), ["smallvgg", *found], n=1)
        spelled = {_simplify(key): key for key in ["small_vgg", *_list_names()]}
        hint = f' Did you mean "{spelled[similar[0]]}"?' if similar else ""
        raise ValueError(
            f"There is no network {name!r}.{hint} There are: small_vgg and, from "
            f"keras.applications, {', '.join(_list_names())}"
        )
    return found[_simplify(name)]


def _simplify(name: str) -> str:
    return name.lower().replace("_", "")


def _list_names() -> list[str]:
    members = vars(keras.applications).items()
    return sorted(key for key, value in members if key[0].isupper() and callable(value))
