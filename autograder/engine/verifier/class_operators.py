"""The operators of a class of ours that stands for a student's class.

Each is asked of the student's object only where the instructor's class has it, and the test itself
made the object.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.engine.verifier.handles import Handle, find_permissions

_ARITHMETIC = "add sub mul truediv floordiv mod pow matmul lshift rshift and or xor"
_IN_PLACE = tuple(_ARITHMETIC.split())
_BINARY = (*_IN_PLACE, "divmod")
_ORDER = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
_UNARY = ("neg", "pos", "abs", "invert", "round", "int", "float", "complex", "index")
# Python takes a class for something else if it has one of these.
_RARE = ("floor", "ceil", "trunc", "bytes", "fspath")


def choose_method(name: str, asked: Any, of_base: Any) -> Any:
    """The special method of a class that derives from one of Python's.

    Args:
        name: of the method, one of `SPECIAL_METHODS`.
        asked: asks the student's object.
        of_base: of Python's class; it decides where the test has not made the object.
    """
    if name not in _DECIDING or of_base is getattr(object, name, None):
        return asked

    def method(self: Any, *args: Any) -> Any:
        may = getattr(self, "_handle_may", None) or ()
        return asked(self, *args) if name in may else of_base(self, *args)

    return method


def _allows(self: Any, other: Any, *operators: str) -> bool:
    found = (find_permissions(self) or frozenset()) | (find_permissions(other) or frozenset())
    return any(operator in found for operator in operators)


def _make_binary(name: str, is_reflected: bool) -> Callable[[Any, Any], Any]:
    asked = {"and": "and_", "or": "or_"}.get(name, name)

    def method(self: Any, other: Any) -> Any:
        if _allows(self, other, f"__{name}__", f"__r{name}__", f"__i{name}__"):
            operands = (other, self) if is_reflected else (self, other)
            return self._handle_channel.keep_origin(self, self._ask_operator(asked, *operands))
        if find_permissions(self) is not None:
            return NotImplemented
        raise self._refuse_operator("arithmetic")

    return method


def _make_in_place(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if f"__i{name}__" not in (find_permissions(self) or ()):
            return NotImplemented
        return self._handle_channel.keep_origin(self, self._ask_operator(f"i{name}", self, other))

    return method


def _make_order(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if _allows(self, other, f"__{name}__", f"__{_ORDER[name]}__"):
            return _check_answer(self, self._ask_operator(name, self, other))
        if find_permissions(self) is not None:
            return NotImplemented
        raise self._refuse_operator(name)

    return method


def _make_unary(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any) -> Any:
        if f"__{name}__" in (find_permissions(self) or ()):
            return self._handle_channel.keep_origin(self, self._ask_operator(name, self, *args))
        raise self._refuse_operator("arithmetic")

    return method


def _check_answer(self: Any, answer: Any) -> Any:
    """What a comparison returned: True, False, or an array of them."""
    if issubclass(type(answer), Handle):
        raise self._refuse_operator("a comparison that returns an object")
    return answer


def _defines(self: Any, *operators: str) -> bool:
    own = (type.__dict__["__dict__"].__get__(kind) for kind in type(self).__mro__)
    defined = [names.get("_handle_defined", ()) for names in own]
    return any(name in found for found in defined for name in operators)


def _equals(self: Any, other: Any) -> Any:
    if _allows(self, other, "__eq__"):
        return _check_answer(self, self._ask_operator("eq", self, other))
    if find_permissions(self) is None and _defines(self, "__eq__"):
        return Handle.__eq__(self, other)
    # As in Python where a class defines no comparison.
    return self is other


def _contains(self: Any, value: Any) -> bool:
    may = find_permissions(self)
    if may is None:
        raise self._refuse_operator("in")
    if "__contains__" in may:
        return self._ask_operator("contains", self, value) is True
    return any(item == value for item in self)


def _is_true(self: Any) -> bool:
    may = find_permissions(self)
    if not _defines(self, "__bool__", "__len__"):
        # As of any object; the student is not asked.
        return True
    if may is None:
        raise self._refuse_operator("a truth value")
    if "__bool__" in may or "__len__" in may:
        return self._ask_operator("bool", self) is True
    return True


def _find_hash(self: Any) -> int:
    may = find_permissions(self)
    if may is None and _defines(self, "__hash__", "__eq__"):
        raise self._refuse_operator("hash")
    found = self._ask_operator("hash", self) if "__hash__" in (may or ()) else self._handle_number
    return hash(found) if type(found) is int else 0


def _show(name: str) -> Callable[[Any], str]:
    def method(self: Any) -> str:
        if isinstance(self, Exception) and name == "str":
            return Exception.__str__(self)
        if {f"__{name}__", "__repr__"} & (find_permissions(self) or frozenset()):
            text = self._ask_operator(name, self)
            if type(text) is str:
                return text
        return Handle.__repr__(self)

    return method


def _format(self: Any, specification: str) -> str:
    if "__format__" in (find_permissions(self) or ()):
        text = self._ask_operator("format", self, specification)
        return text if type(text) is str else ""
    return format(str(self), specification)


def _negate(answer: Any) -> Any:
    return not answer if type(answer) is bool else ~answer


CLASS_OPERATORS: dict[str, Any] = {
    **{f"__{name}__": _make_binary(name, False) for name in _BINARY},
    **{f"__r{name}__": _make_binary(name, True) for name in _BINARY},
    **{f"__i{name}__": _make_in_place(name) for name in _IN_PLACE},
    **{f"__{name}__": _make_order(name) for name in _ORDER},
    **{f"__{name}__": _make_unary(name) for name in _UNARY},
    "__eq__": _equals,
    "__ne__": lambda self, other: _negate(_equals(self, other)),
    "__contains__": _contains,
    "__bool__": _is_true,
    "__hash__": _find_hash,
    "__str__": _show("str"),
    "__repr__": _show("repr"),
    "__format__": _format,
}
RARE_OPERATORS = {f"__{name}__": _make_unary(name) for name in _RARE}
# By these a test decides.
_DECIDING = ("__eq__", "__ne__", "__contains__", "__bool__", *(f"__{name}__" for name in _ORDER))
_OTHER_TEXT = """call getitem setitem delitem missing iter len reversed str repr format enter
    exit"""
_NUMERIC = (*_BINARY, *(f"r{name}" for name in _BINARY), *(f"i{name}" for name in _IN_PLACE))
# What a class that derives from one of Python's asks the student's object for.
SPECIAL_METHODS = frozenset(
    (*_DECIDING, *(f"__{name}__" for name in (*_NUMERIC, *_UNARY, *_RARE, *_OTHER_TEXT.split())))
)
