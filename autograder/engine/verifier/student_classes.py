"""Classes of ours that stand for the student's classes.

They have the same names, bases and methods, so that `isinstance`, `issubclass`, `except`, `super`
and the methods' signatures are Python's own. What a method does, the student's kernel does.
"""

from __future__ import annotations

import abc
import collections.abc
import enum
import typing
from collections import namedtuple
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from autograder.engine.verifier.class_members import add_members, add_methods
from autograder.engine.verifier.enum_attributes import add_member_attributes
from autograder.engine.verifier.handles import (
    ClassHandle,
    Handle,
    register_stand_in,
    set_internals,
)
from autograder.engine.verifier.student_class import StudentClass
from autograder.engine.wire.agent_protocol import HandleKind, Operation
from autograder.engine.wire.clean_text import clean_text
from autograder.engine.wire.codec import CodecError
from autograder.engine.wire.enum_members import find_member
from autograder.engine.wire.operators import EXTENDABLE
from autograder.engine.wire.python_values import check_type

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel

_ENUM_NAMES = ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")  # StrEnum is in Python 3.11
_ENUMS = tuple(vars(enum)[name] for name in _ENUM_NAMES if name in vars(enum))
# What adds nothing that an instance could do, or what only a class says of itself.
_IGNORED = (object, abc.ABC, typing.Generic, typing.Protocol)
_ABSTRACT = tuple(getattr(collections.abc, name) for name in collections.abc.__all__)


class StudentObject(Handle):
    """An instance of a student's class; the class says what it can do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The student's kernel has made the object already."""

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        found = self._ask_operator("vars", self)
        return found if type(found) is dict else {}


class StudentClasses:
    """The stand-ins for a kernel's classes, by number.

    Args:
        channel: the line to the kernel.
    """

    def __init__(self, channel: StudentChannel) -> None:
        self._channel = channel
        self._made: dict[int, Any] = {}

    def remember(self, number: int, made: Any) -> None:
        """From now on `made` stands for the class of this number."""
        self._made[number] = made
        register_stand_in(made, number)

    def mark(self, value: Any) -> Any:
        """The value; operators of the instructor's class of this name may be asked of it."""
        kind = type(value)
        if issubclass(type(kind), StudentClass):
            allowed = self._channel.profile.find_operators([c.__name__ for c in kind.__mro__])
            if allowed is not None:
                object.__setattr__(value, "_handle_may", allowed)
        elif kind in (list, tuple):
            for part in value[:10_000]:
                self.mark(part)
        return value

    def find(self, about: dict[str, Any]) -> Any:
        """The stand-in for a class that the student's side describes."""
        number = check_type(about["id"], int)
        if number in self._made:
            return self._made[number]
        bases = [base for base in check_type(about["bases"], list) if base not in _IGNORED]
        if bases == [tuple] and "record" in self._describe(number):
            made = self._make_record(number)
        elif any(isinstance(base, type) and issubclass(base, enum.Enum) for base in bases):
            made = self._make_enum(number, bases)
        elif all(map(_can_be_base, bases)):
            made = self._make_class(number, bases)
        elif len(bases) == 1 and bases[0] in EXTENDABLE and self._is_known(about["name"]):
            made = self._make_class(number, bases, is_extended=True)
        else:
            name = clean_text(about["name"], 100)
            made = ClassHandle(self._channel, number, name, HandleKind.CLASS)
            object.__setattr__(made, "_handle_bases", tuple(bases) or (object,))
        self.remember(number, made)
        return made

    def find_number(self, number: int) -> Any:
        """The stand-in for the class of a number."""
        if number not in self._made:
            described = self._describe(number)
            self._made.setdefault(number, self.find({**described, "id": number}))
        return self._made[number]

    def make_instance(self, about: dict[str, Any], name: str, kind: HandleKind) -> Any:
        """The stand-in for an instance, or None where its class has none."""
        found = self.find_number(check_type(about["class"], int))
        if not isinstance(found, StudentClass):
            return None
        made = cast(Any, found).__new__(found)
        set_internals(made, self._channel, about["id"], name, kind)
        if issubclass(found, Exception):
            arguments = self._channel.operate("getattr", made, "args")
            object.__setattr__(made, "args", arguments if type(arguments) is tuple else ())
        return made

    def make_error(self, number: Any, class_number: Any, arguments: tuple[Any, ...]) -> Any:
        """The stand-in for an exception of a student's class, or None where it has none."""
        found = self.find_number(check_type(class_number, int))
        if not isinstance(found, StudentClass) or not issubclass(found, Exception):
            return None
        made = cast(Any, found).__new__(found)
        name = found.__name__
        set_internals(made, self._channel, check_type(number, int), name, HandleKind.OBJECT)
        object.__setattr__(made, "args", arguments)
        return made

    def _describe(self, number: int) -> dict[str, Any]:
        about = self._channel.ask(Operation.DESCRIBE, number)
        if type(about) is not dict or type(about.get("name")) is not str:
            raise CodecError("a broken class")
        return about

    def _find_allowed(self, about: dict[str, Any]) -> frozenset[str]:
        """The methods of the instructor's class of this name."""
        return self._channel.profile.find_operators([about["name"]]) or frozenset()

    def _is_known(self, name: Any) -> bool:
        """Whether the instructor's notebook has a class of this name."""
        return type(name) is str and self._channel.profile.find_operators([name]) is not None

    def make_extended(self, data: list[Any]) -> Any:
        """A list, dict, … with the methods of a student's class, by value.

        Only for a class that the instructor's notebook has, too: another one is not looked for.
        """
        number, class_number, name, plain = data
        kind = self.find_number(class_number) if self._is_known(name) else None
        base = next((one for one in EXTENDABLE if type(plain) is one), None)
        if base is None or not isinstance(kind, StudentClass) or not issubclass(kind, base):
            return plain
        made = cast(Any, base).__new__(kind, plain)
        if base in (list, dict, set):
            base.__init__(made, plain)
        register_stand_in(made, check_type(number, int))
        return made

    def _make_class(self, number: int, bases: list[Any], is_extended: bool = False) -> Any:
        about = self._describe(number)
        real = [base for base in bases if base not in _ABSTRACT]
        if not is_extended and not any(isinstance(base, StudentClass) for base in real):
            real.insert(0, StudentObject)
        names: dict[str, Any] = {
            "_handle_number": number,
            "_handle_channel": self._channel,
            "_handle_kept": {},
            "_handle_attributes": _check_names(about.get("attributes")),
            "__module__": "__main__",
            "__doc__": about["doc"] if type(about.get("doc")) is str else None,
        }
        if not is_extended:
            add_members(self._channel, number, about, names)
        name = clean_text(about["name"], 100) or "Class"
        made = StudentClass(name, tuple(real), names)
        if about.get("slots") is not None:
            type.__setattr__(made, "__slots__", _check_names(about["slots"]))
        if is_extended:
            add_methods(self._channel, number, about, made, self._find_allowed(about))
        for base in bases:
            if base in _ABSTRACT:
                cast(Any, base).register(made)
        return made

    def _make_record(self, number: int) -> Any:
        about = self._describe(number)
        fields, defaults = about["record"]
        made = make_record_class(about["name"], fields, defaults)
        add_methods(self._channel, number, about, made, self._find_allowed(about))
        return made

    def _make_enum(self, number: int, bases: list[Any]) -> Any:
        about = self._describe(number)
        base = next((base for base in bases if base in _ENUMS), enum.Enum)
        members = [(check_type(name, str), value) for name, value in about["members"]]
        mixed = next((base for base in bases if base in (str, int, float)), None)
        is_mixed = mixed is not None and all(type(value) is mixed for _, value in members)
        made = cast(Callable[..., Any], base)(
            clean_text(about["name"], 100), members, type=mixed if is_mixed else None
        )
        add_member_attributes(self._channel, made)
        add_methods(self._channel, number, about, made, self._find_allowed(about))
        return made

    def make_record(self, data: list[Any]) -> Any:
        """A namedtuple of the student's or of a library's, by value."""
        number, name, _, values, extra = data
        kind = self._made.get(check_type(number, int))
        if not (isinstance(kind, type) and issubclass(kind, tuple)):
            kind = self._make_record(number)
            self.remember(number, kind)
        made = cast(Any, kind)._make(check_type(values, list))
        if extra:
            wider = type(name, (kind,), {})
            made = wider(*made)
            vars(made).update(check_type(extra, dict))
        return made

    def make_member(self, data: list[Any]) -> Any:
        """A member of a student's enum."""
        number, *member = data
        kind = self.find_number(check_type(number, int))
        if not issubclass(kind, enum.Enum):
            raise CodecError("a member of something else than an enum")
        return find_member(kind, *member)


def make_record_class(name: Any, fields: Any, defaults: Any) -> Any:
    """A namedtuple class of ours.

    Raises:
        ValueError: the names are not identifiers.
    """
    names = [check_type(field, str) for field in check_type(fields, list)]
    values = [defaults[field] for field in names if field in check_type(defaults, dict)]
    made: Any = namedtuple(check_type(name, str), names, defaults=values)  # type: ignore[misc]
    return made


def _check_names(names: Any) -> tuple[str, ...]:
    is_list = type(names) is list and all(type(name) is str for name in names)
    return tuple(names) if is_list else ()


def _can_be_base(base: Any) -> bool:
    if isinstance(base, StudentClass) or base in _ABSTRACT:
        return True
    is_error = isinstance(base, type) and issubclass(base, Exception)
    return is_error and base.__module__ == "builtins" and not issubclass(base, StopIteration)
