"""What a class of ours has that stands for a student's class: methods, operators, fields."""

from __future__ import annotations

import functools
import types
from typing import TYPE_CHECKING, Any

from autograder.engine.verifier.async_handle import AsyncHandle
from autograder.engine.verifier.class_operators import (
    CLASS_OPERATORS,
    RARE_OPERATORS,
    SPECIAL_METHODS,
    choose_method,
)
from autograder.engine.verifier.dataclass_members import add_dataclass
from autograder.engine.verifier.function_stand_ins import make_signature
from autograder.engine.verifier.handles import Handle, make_async
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
    "__reversed__": ("__reversed__",),
    "__enter__": ("__enter__",),
    "__exit__": ("__exit__",),
    "__aenter__": ("__aenter__",),
    "__aexit__": ("__aexit__",),
    "__aiter__": ("__aiter__",),
    "__anext__": ("__anext__",),
    "__await__": ("__await__",),
}


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
            names[protocol] = getattr(AsyncHandle, protocol)
        if name in RARE_OPERATORS:
            names[name] = RARE_OPERATORS[name]
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
    names.update(CLASS_OPERATORS)
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
        is_special = name in SPECIAL_METHODS and name in allowed
        if is_special or (not name.startswith("_") and is_new):
            made = _make_member(channel, number, _qualify(about, name), form, signature, doc)
            of_base = getattr(kind, name, None)
            special = choose_method(name, made, of_base) if is_special else made
            type.__setattr__(kind, name, special)


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
