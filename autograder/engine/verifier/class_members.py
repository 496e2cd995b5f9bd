"""What a class of ours has that stands for a student's class: methods, operators, fields."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograder.engine.verifier.dataclass_members import add_dataclass
from autograder.engine.verifier.function_stand_ins import make_signature
from autograder.engine.verifier.handles import Handle, OpenHandle, find_permissions, make_async
from autograder.engine.wire.agent_protocol import Operation
from autograder.engine.wire.clean_text import clean_text
from autograder.engine.wire.mutable_values import update_in_place
from autograder.engine.wire.operators import OPERATORS
from autograder.engine.wire.python_values import check_type

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel

_MOST_MEMBERS = 300
# Python's methods that say how an object is used, and what a handle does for them.
_PROTOCOLS = {
    "__len__": ("__len__",),
    "__iter__": ("__iter__",),
    "__getitem__": ("__getitem__", "__iter__"),
    "__setitem__": ("__setitem__",),
    "__delitem__": ("__delitem__",),
    "__enter__": ("__enter__",),
    "__exit__": ("__exit__",),
}
_ARITHMETIC = "add sub mul truediv floordiv mod pow matmul lshift rshift and or xor"
_BINARY = _ARITHMETIC.split()
_ORDER = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
_UNARY = ("neg", "pos", "abs", "invert", "round", "int", "float", "complex", "index")


def add_members(
    channel: StudentChannel, number: int, about: dict[str, Any], names: dict[str, Any]
) -> None:
    """Add to a class's names what the student's class has.

    Args:
        channel: where to ask.
        number: the class's number.
        about: the description of the student's side; untrusted.
        names: what the class is going to be made of.
    """
    methods = _list_methods(about)
    # What its instances are asked for; also by classes below it.
    names["_handle_defined"] = frozenset(name for name, _ in methods)
    for name, (form, signature, doc) in methods:
        for protocol in _PROTOCOLS.get(name, ()):
            names[protocol] = getattr(OpenHandle, protocol)
        if name == "__call__":
            names[name] = _call_instance
        elif name == "__next__":
            names[name] = lambda self: channel.fetch_next(self._handle_number)
        elif not (name.startswith("__") and name.endswith("__")):
            names[name] = _make_member(channel, number, _qualify(about, name), form, signature, doc)
        elif name == "__init__":
            names["__signature__"] = _drop_self(make_signature(signature))
            # For `super().__init__()` in a class of the test.
            names[name] = _make_member(channel, number, _qualify(about, name), form, signature, doc)
    names.update(_OPERATORS)
    described = about.get("dataclass")
    if described is not None:
        add_dataclass(names, *described)


def _list_methods(about: dict[str, Any]) -> list[tuple[str, Any]]:
    methods = check_type(about["methods"], dict)
    named = [(n, m) for n, m in methods.items() if type(n) is str and n.isidentifier()]
    return named[:_MOST_MEMBERS]


def add_methods(
    channel: StudentChannel,
    number: int,
    about: dict[str, Any],
    kind: Any,
    allowed: frozenset[str] = frozenset(),
) -> None:
    """Add the methods of a student's enum, namedtuple or list to the class of ours.

    Args:
        channel: where to ask.
        number: the class's number.
        about: the description of the student's side; untrusted.
        kind: the class of ours.
        allowed: methods of the built-in class that the instructor's class has anew.
    """
    for name, (form, signature, doc) in _list_methods(about):
        is_new = not hasattr(kind, name) or name in allowed
        if not name.startswith("_") and is_new:
            made = _make_member(channel, number, _qualify(about, name), form, signature, doc)
            type.__setattr__(kind, name, made)


def _drop_self(signature: Any) -> Any:
    if signature is None:
        return None
    return signature.replace(parameters=list(signature.parameters.values())[1:])


def _call_instance(self: Any, *args: Any, **kwargs: Any) -> Any:
    channel = self._handle_channel
    return channel.keep_origin(self, channel.call(self._handle_number, "__call__", args, kwargs))


def _qualify(about: dict[str, Any], name: str) -> str:
    return f"{clean_text(about['name'], 100)}.{name}"


def _make_member(
    channel: StudentChannel, number: int, qualified: str, form: Any, signature: Any, doc: Any
) -> Any:
    name = qualified.rpartition(".")[2]
    if form == "property":
        return property(
            lambda self: _fetch_property(channel, self, name),
            lambda self, value: channel.ask(
                Operation.SET_ATTRIBUTE, self._handle_number, name, value
            ),
            doc=doc if type(doc) is str else None,
        )

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        # Of the class, not of the object: a class of the test may call it with `super`.
        function = channel.fetch_method(number, name)
        if type(function) is not int:
            is_bound = isinstance(function, types.FunctionType) and form == "method"
            return function(*((self, *args) if is_bound else args), **kwargs)
        given = args if form in ("class", "static") else (self, *args)
        if not isinstance(self, (list, dict, set)):
            return channel.keep_origin(self, channel.call(function, name, given, kwargs))
        # The test may have changed it here, and the method there.
        channel.operate("refill", self, OPERATORS["plain"](self))
        result = channel.call(function, name, given, kwargs)
        update_in_place(self, channel.operate("plain", self))
        return result

    method.__name__, method.__qualname__ = name, qualified
    vars(method)["student_class"] = number
    method.__doc__ = doc if type(doc) is str else None
    shown = make_signature(signature)
    if shown is not None:
        vars(method)["__signature__"] = shown
    if form == "class":
        return classmethod(method)
    if form == "static":
        return staticmethod(functools.partial(method, _NO_SELF))
    return make_async(method) if form == "async" else method


def _fetch_property(channel: StudentChannel, owner: Any, name: str) -> Any:
    if issubclass(type(owner), Handle):
        return channel.fetch_attribute(owner, name)
    return channel.operate("getattr", owner, name)


class _NoSelf:
    """Stands for the object where a method has none."""

    _handle_may = None


_NO_SELF = _NoSelf()


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


_OPERATORS: dict[str, Any] = {
    **{f"__{name}__": _make_binary(name, False) for name in _BINARY},
    **{f"__r{name}__": _make_binary(name, True) for name in _BINARY},
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


def _negate(answer: Any) -> Any:
    return not answer if type(answer) is bool else ~answer
