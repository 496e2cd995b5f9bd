"""Types of handles whose object is of a library's class."""

from __future__ import annotations

from typing import Any, NoReturn


class LibraryType(type):
    """The type of handles whose object is of a library's class, which is equal to that class."""

    _handle_library: type

    def __eq__(cls, other: object) -> bool:
        return other is cls or other is cls._handle_library

    def __hash__(cls) -> int:
        return hash(cls._handle_library)


def _find_nothing(handle: Any) -> NoReturn:
    raise AttributeError("__array__")


_library_types: dict[tuple[Any, type], Any] = {}


def find_library_type(base: Any, library: type) -> Any:
    """The class of handles of a kind for the objects of a library's class."""
    if (base, library) not in _library_types:
        names: dict[str, Any] = {"_handle_library": library}
        if not hasattr(library, "__array__"):
            # For NumPy it is an object as any other, not one that refuses to be an array.
            names["__array__"] = property(_find_nothing)
        made = LibraryType(library.__name__, (base,), names)
        _library_types[base, library] = made
    return _library_types[base, library]
