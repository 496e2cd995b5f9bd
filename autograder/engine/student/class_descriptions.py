"""Describes the student's classes and functions, so that the trusted side can make its own."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import sys
import types
from typing import Any

from autograder.engine.wire.agent_protocol import ValueKind
from autograder.engine.wire.codec import Extension

_MOST_MEMBERS = 300
# Python's own classes without a name in `builtins`.
_OF_TYPES = {
    kind: name
    for name, kind in vars(types).items()
    if isinstance(kind, type) and kind.__module__ == "builtins"
}
_PLAIN = (type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)


def find_library_name(kind: Any) -> list[str] | None:
    """The module and the name of a class that an installed library defines; None for others."""
    if kind in _OF_TYPES:
        return ["types", _OF_TYPES[kind]]
    module, name = getattr(kind, "__module__", None), getattr(kind, "__qualname__", None)
    if type(module) is not str or type(name) is not str or module == "__main__":
        return None
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return [module, name] if found is kind else None


def find_library_bases(kind: type) -> list[list[str]]:
    """The modules and names of the libraries' classes from which a student's class derives."""
    bases = [base for one in kind.__mro__ if one.__module__ == "__main__" for base in one.__bases__]
    named = (find_library_name(base) for base in bases if base is not object)
    return [name for name in named if name is not None][:20]


def find_record_fields(kind: type) -> list[str] | None:
    """The names of a namedtuple's fields, and of what SciPy's results have besides."""
    fields = getattr(kind, "_fields", None)
    if not issubclass(kind, tuple) or type(fields) is not tuple:
        return None
    return [*fields, *getattr(kind, "_extra_fields", ())]


def look_up(value: Any, name: str) -> Any:
    """An attribute of an object; None where its own `__getattr__` fails, in whichever way."""
    try:
        return getattr(value, name, None)
    except Exception:
        return None


def describe_type(kind: Any) -> dict[str, Any]:
    """A class's bases and methods; what makes it an enum, record or dataclass."""
    methods, attributes = {}, []
    for name, value in list(vars(kind).items())[:_MOST_MEMBERS]:
        form = _find_form(value)
        if not form and not (name.startswith("__") and name.endswith("__")):
            attributes.append(name)
        if form:
            function = getattr(value, "__func__", getattr(value, "fget", value))
            doc = getattr(function, "__doc__", None)
            shown = doc[:2_000] if isinstance(doc, str) else None
            methods[name] = [form, describe_signature(function), shown]
    about: dict[str, Any] = {
        "name": kind.__name__,
        "bases": [base for base in kind.__bases__ if base is not object],
        "methods": methods,
        "attributes": attributes,
        "slots": _find_slots(kind),
        "doc": kind.__doc__[:10_000] if isinstance(kind.__doc__, str) else None,
    }
    fields = find_record_fields(kind)
    if fields is not None:
        about["record"] = [list(kind._fields), dict(getattr(kind, "_field_defaults", {}))]
    if issubclass(kind, enum.Enum):
        about["members"] = [[name, one.value] for name, one in kind.__members__.items()]
    if dataclasses.is_dataclass(kind) and "__dataclass_params__" in vars(kind):
        about["dataclass"] = _describe_dataclass(kind)
    return about


def _find_slots(kind: Any) -> list[str] | None:
    slots = vars(kind).get("__slots__")
    return [slots] if isinstance(slots, str) else None if slots is None else list(slots)


def _find_form(value: Any) -> str:
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType)):
        return "async" if inspect.iscoroutinefunction(value) else "method"
    for kind, form in ((classmethod, "class"), (staticmethod, "static"), (property, "property")):
        if isinstance(value, kind):
            return form
    return "property" if type(value).__name__ == "cached_property" else ""


def _describe_dataclass(kind: Any) -> list[Any]:
    parameters = kind.__dataclass_params__
    options = {name: bool(getattr(parameters, name)) for name in ("eq", "order", "frozen", "repr")}
    for name, method in (("eq", "__eq__"), ("repr", "__repr__"), ("order", "__lt__")):
        # What dataclass itself writes has this class's name, and no line in a cell.
        function = vars(kind).get(method)
        code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
        options[name] &= code is not None and code.co_filename == "<string>"
    fields = []
    for field in dataclasses.fields(kind):
        has_default = field.default is not dataclasses.MISSING
        default = field.default if has_default and type(field.default) in _PLAIN else None
        has_default |= field.default_factory is not dataclasses.MISSING
        shown = field.type if isinstance(field.type, (str, type)) else str(field.type)
        fields.append([field.name, shown, has_default, default, field.compare, field.repr])
    return [options, fields]


def describe_signature(value: Any) -> list[Any] | None:
    """The parameters of something that can be called; None for anything else."""
    if not callable(value):
        return None
    try:
        # It also asks for operators and attributes of the student's object.
        parameters = inspect.signature(value).parameters.values()
    except Exception:
        return None
    described = []
    for parameter in parameters:
        has_default = parameter.default is not inspect.Parameter.empty
        default = parameter.default if has_default else None
        if type(default) not in _PLAIN:
            default = Extension(ValueKind.TEXT, repr(default)[:200])
        described.append([parameter.name, int(parameter.kind), has_default, default])
    return described
