"""Stand-ins on the trusted side for the student's functions, classes and objects.

A handle asks the student's kernel and returns plain answers. It refuses everything by which a test
decides: comparisons, truth, length, membership, hash and type.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from autograder.engine.verifier.student_error import NotByValueError
from autograder.engine.wire.agent_protocol import HandleKind, Operation

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel

_MAX_PARAMETERS = 100
# By id, our own functions that stand for a student's, each with the number of its handle.
_functions: dict[int, tuple[Callable[..., Any], int]] = {}


def find_handle_number(value: Any) -> int | None:
    """The number of a handle on the student's side; None for a value of our own."""
    if isinstance(value, types.FunctionType):
        function, number = _functions.get(id(value), (None, None))
        return number if function is value else None
    # Not isinstance, which asks for the value's class: handles refuse that.
    if issubclass(type(value), Handle):
        handle_number: int = object.__getattribute__(value, "_number")
        return handle_number
    return None


def make_function(
    channel: StudentChannel, number: int, name: str, about: dict[str, Any]
) -> Callable[..., Any]:
    """A Python function that calls the student's function.

    Args:
        channel: where to ask.
        number: the number of its handle.
        name: its name.
        about: "signature" and "doc", where it has them; untrusted.
    """

    def function(*args: Any, **kwargs: Any) -> Any:
        return channel.ask(Operation.CALL, number, list(args), kwargs)

    function.__name__ = function.__qualname__ = name
    doc = about.get("doc")
    function.__doc__ = doc if type(doc) is str else None
    signature = _make_signature(about.get("signature"))
    if signature is not None:
        vars(function)["__signature__"] = signature
    _functions[id(function)] = (function, number)
    return function


def _make_signature(parameters: Any) -> inspect.Signature | None:
    if type(parameters) is not list or len(parameters) > _MAX_PARAMETERS:
        return None
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    str(name),
                    inspect._ParameterKind(kind),
                    default=default if has_default else inspect.Parameter.empty,
                )
                for name, kind, has_default, default in parameters
            ]
        )
    except (TypeError, ValueError):
        return None


def _refuse(what: str) -> Any:
    def method(self: Handle, *_: Any) -> NoReturn:
        why = self._why or (
            "did not come by value; compare a number, string, list, array or attribute of it"
        )
        raise NotByValueError(f"{what} does not work on {self!r}: it {why}")

    return method


class Handle:
    """A student's object that could not come by value."""

    def __init__(
        self, channel: StudentChannel, number: int, name: str, kind: HandleKind, why: str = ""
    ) -> None:
        self._channel, self._number = channel, number
        self._name, self._kind, self._why = name, kind, why

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            # NumPy, copy and pickle ask for such names; the student must not answer for them.
            raise AttributeError(name)
        return self._channel.ask(Operation.ATTRIBUTE, self._number, name)

    def __getitem__(self, key: Any) -> Any:
        return self._channel.ask(Operation.ITEM, self._number, key)

    def __iter__(self) -> Any:
        return iter(self._channel.ask(Operation.ITERATE, self._number))

    def __repr__(self) -> str:
        return f"<the student's {self._kind} {self._name}>"

    __str__ = __repr__

    def __format__(self, specification: str) -> str:
        return repr(self)

    # isinstance() asks this when the real type does not match; it must not be a silent "no".
    __class__ = property(_refuse("isinstance"))
    __instancecheck__ = _refuse("isinstance")
    __subclasscheck__ = _refuse("issubclass")
    __eq__ = _refuse("==")
    __ne__ = _refuse("!=")
    __lt__ = _refuse("<")
    __le__ = _refuse("<=")
    __gt__ = _refuse(">")
    __ge__ = _refuse(">=")
    __bool__ = _refuse("a truth value")
    __len__ = _refuse("len")
    __contains__ = _refuse("in")
    __hash__ = _refuse("hash")
    __index__ = _refuse("int")
    __int__ = _refuse("int")
    __float__ = _refuse("float")
    __array__ = _refuse("an array")


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    for _side in ("", "r"):
        setattr(Handle, f"__{_side}{_name}__", _refuse("arithmetic"))
for _name in ("neg", "pos", "abs", "round", "complex"):
    setattr(Handle, f"__{_name}__", _refuse("arithmetic"))


class CallableHandle(Handle):
    """A student's class, or an object that can be called."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._channel.ask(Operation.CALL, self._number, list(args), kwargs)


class HandleIterator(Handle):
    """A student's generator or iterator."""

    def __init__(self, channel: StudentChannel, number: int, name: str) -> None:
        super().__init__(channel, number, name, HandleKind.ITERATOR)

    def __iter__(self) -> HandleIterator:
        return self

    def __next__(self) -> Any:
        return self._channel.fetch_next(self._number)
