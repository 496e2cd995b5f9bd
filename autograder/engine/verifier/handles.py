"""Stand-ins on the trusted side for the student's functions and objects.

A handle asks the student's kernel and returns plain answers. It refuses everything by which a test
decides: comparisons, truth, membership, arithmetic. Only where the instructor's own class has such
an operator, and the test itself made the object, is the student's operator what the test is about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from autograder.engine.verifier.student_error import NotByValueError
from autograder.engine.wire.agent_protocol import HandleKind, Operation

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel

# By id, our own functions and classes that stand for a student's, each with its number.
_known: dict[int, tuple[Any, int]] = {}
_INTERNAL = frozenset(
    f"_handle_{name}" for name in ("channel", "number", "name", "kind", "why", "may", "library")
)


def find_handle_number(value: Any) -> int | None:
    """The number of a handle on the student's side; None for a value of our own."""
    found, number = _known.get(id(value), (None, None))
    if number is not None and found is value:
        return number
    # Not isinstance, which asks for the value's class: handles may say something else.
    if issubclass(type(value), Handle):
        handle_number: int = object.__getattribute__(value, "_handle_number")
        return handle_number
    return None


def register_stand_in(value: Any, number: int) -> None:
    """Remember that a function, generator or class of ours stands for a student's."""
    _known[id(value)] = (value, number)


def find_permissions(value: Any) -> frozenset[str] | None:
    """The operators that may be asked of a handle; None where its origin is not known."""
    if not issubclass(type(value), Handle):
        return None
    may: frozenset[str] | None = object.__getattribute__(value, "_handle_may")
    return may


def _refuse(what: str) -> Any:
    def method(self: Handle, *_: Any) -> NoReturn:
        raise self._refuse_operator(what)

    return method


class Handle:
    """A student's object that could not come by value."""

    _handle_may: frozenset[str] | None = None
    _handle_library: type | None = None

    def __init__(
        self, channel: StudentChannel, number: int, name: str, kind: HandleKind, why: str = ""
    ) -> None:
        set_internals(self, channel, number, name, kind, why)

    def _refuse_operator(self, what: str) -> NotByValueError:
        why = object.__getattribute__(self, "_handle_why") or (
            "did not come by value; compare a number, string, list, array or attribute of it"
        )
        return NotByValueError(f"{what} does not work on {Handle.__repr__(self)}: it {why}")

    def _ask_operator(self, name: str, *operands: Any) -> Any:
        return self._handle_channel.operate(name, *operands)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            # NumPy, copy and pickle ask for such names; the student must not answer for them.
            raise AttributeError(name)
        return self._handle_channel.fetch_attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _INTERNAL or (name.startswith("__") and name.endswith("__")):
            object.__setattr__(self, name, value)
        else:
            self._handle_channel.ask(Operation.SET_ATTRIBUTE, self._handle_number, name, value)

    def __delattr__(self, name: str) -> None:
        self._handle_channel.ask(Operation.DELETE_ATTRIBUTE, self._handle_number, name)

    def __repr__(self) -> str:
        kind = object.__getattribute__(self, "_handle_kind")
        return f"<the student's {kind} {object.__getattribute__(self, '_handle_name')}>"

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, specification: str) -> str:
        return format(str(self), specification)

    def _find_class(self) -> type:
        library: type | None = object.__getattribute__(self, "_handle_library")
        return library or type(self)

    # isinstance() asks this when the real type does not match.
    __class__ = property(_find_class)

    def __instancecheck__(self, value: Any) -> bool:
        if find_handle_number(value) is None:
            return False
        return self._ask_operator("isinstance", value, self) is True

    def __subclasscheck__(self, value: Any) -> bool:
        if find_handle_number(value) is None:
            return False
        return self._ask_operator("issubclass", value, self) is True

    def __eq__(self, other: object) -> Any:
        if other is None or find_handle_number(other) == self._handle_number:
            return other is not None
        raise self._refuse_operator("==")

    def __ne__(self, other: object) -> Any:
        return not self == other

    def __hash__(self) -> int:
        raise self._refuse_operator("hash")

    def __bool__(self) -> bool:
        library: type | None = object.__getattribute__(self, "_handle_library")
        if library is None or hasattr(library, "__bool__") or hasattr(library, "__len__"):
            raise self._refuse_operator("a truth value")
        return True

    def __copy__(self) -> Any:
        return self._handle_channel.keep_origin(self, self._ask_operator("copy", self))

    def __deepcopy__(self, memo: Any) -> Any:
        return self._handle_channel.keep_origin(self, self._ask_operator("deepcopy", self))

    __lt__ = _refuse("<")
    __le__ = _refuse("<=")
    __gt__ = _refuse(">")
    __ge__ = _refuse(">=")
    __contains__ = _refuse("in")
    __index__ = _refuse("int")
    __int__ = _refuse("int")
    __float__ = _refuse("float")
    __array__ = _refuse("an array")


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    for _side in ("", "r"):
        setattr(Handle, f"__{_side}{_name}__", _refuse("arithmetic"))
for _name in ("neg", "pos", "abs", "round", "complex"):
    setattr(Handle, f"__{_name}__", _refuse("arithmetic"))


def set_internals(
    handle: Handle,
    channel: StudentChannel,
    number: int,
    name: str,
    kind: HandleKind,
    why: str = "",
) -> None:
    """Set what a handle knows of the student's object."""
    values = {"channel": channel, "number": number, "name": name, "kind": kind, "why": why}
    for attribute, value in values.items():
        object.__setattr__(handle, f"_handle_{attribute}", value)


class OpenHandle(Handle):
    """A student's object that is asked for any use: what its class can do is not known here."""

    def __getitem__(self, key: Any) -> Any:
        return self._handle_channel.keep_origin(
            self, self._handle_channel.ask(Operation.ITEM, self._handle_number, key)
        )

    def __setitem__(self, key: Any, value: Any) -> None:
        self._ask_operator("setitem", self, key, value)

    def __delitem__(self, key: Any) -> None:
        self._ask_operator("delitem", self, key)

    def __iter__(self) -> Any:
        items = self._handle_channel.ask(Operation.ITERATE, self._handle_number)
        return items if hasattr(type(items), "__next__") else iter(items)

    def __len__(self) -> int:
        length = self._ask_operator("len", self)
        if type(length) is not int:
            raise self._refuse_operator("len")
        return length

    def __reversed__(self) -> Any:
        items = self._ask_operator("reversed", self)
        return items if hasattr(type(items), "__next__") else iter(items)

    def __enter__(self) -> Any:
        return self._handle_channel.keep_origin(self, self._ask_operator("enter", self))

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        return self._ask_operator("exit", self, error) is True and may_drop(error)


def may_drop(error: BaseException | None) -> bool:
    """Whether a context manager or a generator of the student's may drop an error of the test's.

    A check that failed inside is not the student's to drop, nor is what cannot be checked.
    """
    kept = (AssertionError, NotByValueError, NameError, AttributeError)
    return isinstance(error, Exception) and not isinstance(error, kept)


class UnnamedValue(Handle):
    """A value of a library that the instructor's notebook does not name: of no use to a test."""

    def __init__(self, channel: StudentChannel, name: str, library: str) -> None:
        why = f"is a value of {library}, which the instructor's notebook does not name"
        set_internals(self, channel, -1, name, HandleKind.OBJECT, why)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        raise self._refuse_operator(f"`{name}`")


class CallableHandle(OpenHandle):
    """A student's object that can be called, or a class that has no stand-in of ours."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._handle_channel.call(self._handle_number, "", args, kwargs)

    def __bool__(self) -> bool:
        return self._handle_kind is HandleKind.CLASS or super().__bool__()


class ClassHandle(CallableHandle):
    """A student's class that derives from a library's."""

    _handle_bases: tuple[Any, ...] = ()

    @property
    def __bases__(self) -> tuple[Any, ...]:
        return self._handle_bases

    @property
    def __name__(self) -> str:
        return str(self._handle_name)

    def __hash__(self) -> int:
        return hash(self._handle_number)


class HandleIterator(OpenHandle):
    """A student's iterator."""

    def __init__(self, channel: StudentChannel, number: int, name: str) -> None:
        super().__init__(channel, number, name, HandleKind.ITERATOR)

    def __iter__(self) -> HandleIterator:
        return self

    def __next__(self) -> Any:
        return self._handle_channel.fetch_next(self._handle_number)


def make_async(function: Callable[..., Any]) -> Callable[..., Any]:
    """A coroutine function that does what a function does."""

    async def coroutine(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    coroutine.__name__ = coroutine.__qualname__ = function.__name__
    coroutine.__doc__ = function.__doc__
    vars(coroutine).update(vars(function))
    return coroutine
