"""What the result of a function depends on, besides its arguments."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

_Seen = dict[int, tuple[int, Any]]
_PLAIN = (type(None), bool, int, float, complex, str, bytes, np.generic, np.dtype)


class IndescribableError(TypeError):
    """The result may depend on something that cannot be compared, such as a random generator.

    Example:
        >>> describe_function(np.random.default_rng(0).normal)
        Traceback (most recent call last):
        ...
        course_lib.transfer.describe_function.IndescribableError: Generator
    """


def describe_function(function: Callable[..., Any]) -> Any:
    """Return nested tuples that differ if two functions may compute different results.

    They hold the code of a Python function, its defaults, and the values that it reads from
    outside: variables of an enclosing function, global variables, other functions. Of a library it
    holds the version.

    Args:
        function: A function, method, `functools.partial`, or an object with `__call__`.

    Raises:
        IndescribableError: A value that it reads cannot be compared.

    Example:
        >>> def scale_by(factor):
        ...     return lambda x: x * factor
        >>> describe_function(scale_by(2)) == describe_function(scale_by(2))
        True
        >>> describe_function(scale_by(2)) == describe_function(scale_by(3))
        False
    """
    return _describe(function, {})


def _describe(value: Any, seen: _Seen) -> Any:
    if isinstance(value, _PLAIN):
        return type(value).__name__, repr(value)
    if id(value) in seen:  # a function that calls itself
        return "seen", seen[id(value)][0]
    seen[id(value)] = len(seen), value  # kept, so that no other object gets its id
    if isinstance(value, np.ndarray) and value.dtype != object:
        return "array", value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, list | tuple):
        return type(value).__name__, tuple(_describe(item, seen) for item in value)
    if isinstance(value, Mapping):
        pairs = [(_describe(key, seen), _describe(item, seen)) for key, item in value.items()]
        return type(value).__name__, tuple(pairs)
    if isinstance(value, set | frozenset):
        return type(value).__name__, tuple(sorted(repr(_describe(item, seen)) for item in value))
    if isinstance(value, ModuleType):
        return _describe_module(value)
    if isinstance(value, CodeType):
        return _describe_code(value, seen)
    return _describe_callable(value, seen)


def _describe_callable(value: Any, seen: _Seen) -> Any:
    if isinstance(value, partial):
        return "partial", *(
            _describe(part, seen) for part in (value.func, value.args, value.keywords)
        )
    if isinstance(value, MethodType):
        return "method", _describe(value.__func__, seen), _describe(value.__self__, seen)
    if isinstance(value, FunctionType):
        return _describe_python(value, seen)
    if isinstance(value, BuiltinFunctionType | np.ufunc):
        owner = getattr(value, "__self__", None)
        if owner is not None and not isinstance(owner, ModuleType):
            raise IndescribableError(type(owner).__name__)
        return "built in", repr(getattr(value, "__module__", None)), value.__name__
    if isinstance(value, type):
        if _find_version(value.__module__) is not None or value.__module__ == "builtins":
            return "class", value.__module__, value.__qualname__, _find_version(value.__module__)
        members = {key: item for key, item in vars(value).items() if isinstance(item, FunctionType)}
        return "class", value.__qualname__, _describe(members, seen)
    is_own = _find_version(type(value).__module__) is None
    if is_own and hasattr(value, "__dict__") and type(value).__module__ != "builtins":
        return "object", _describe(type(value), seen), _describe(vars(value), seen)
    raise IndescribableError(type(value).__name__)


def _describe_python(function: FunctionType, seen: _Seen) -> Any:
    version = _find_version(function.__module__)
    if version is not None and function.__closure__ is None:
        return "function", function.__module__, function.__qualname__, version
    try:
        outside = [cell.cell_contents for cell in function.__closure__ or ()]
    except ValueError as error:
        raise IndescribableError("a variable without a value") from error
    read = {
        name: function.__globals__[name]
        for name in _list_names(function.__code__)
        if name in function.__globals__
    }
    parts = (function.__code__, function.__defaults__, function.__kwdefaults__, outside, read)
    return "function", *(_describe(part, seen) for part in parts)


def _describe_code(code: CodeType, seen: _Seen) -> Any:
    constants = tuple(_describe(item, seen) for item in code.co_consts)
    return "code", code.co_code, code.co_names, code.co_varnames, code.co_freevars, constants


def _describe_module(module: ModuleType) -> Any:
    version = _find_version(module.__name__)
    file = getattr(module, "__file__", None)
    content = b"" if version or file is None else Path(file).read_bytes()
    return "module", module.__name__, version, content


def _list_names(code: CodeType) -> set[str]:
    """Return the names that a function and the functions in it may read as global variables."""
    inner = [item for item in code.co_consts if isinstance(item, CodeType)]
    return set(code.co_names).union(*(_list_names(item) for item in inner))


def _find_version(module: str | None) -> str | None:
    """Return the version of the library that a module belongs to, or None."""
    library = sys.modules.get((module or "").partition(".")[0])
    version = getattr(library, "__version__", None)
    return version if isinstance(version, str) else None
