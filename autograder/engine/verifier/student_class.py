"""The type of classes of ours that stand for a student's class."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograder.engine.verifier.derive_class import derive_class
from autograder.engine.wire.agent_protocol import Operation

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel


class StudentClass(type):
    """The type of such classes."""

    _handle_channel: StudentChannel
    _handle_number: int

    def __new__(
        meta, name: str, bases: tuple[type, ...], names: dict[str, Any], **options: Any
    ) -> StudentClass:
        if "_handle_number" in names:
            return super().__new__(meta, name, bases, names)
        # The test derives a class from the student's.
        base = next(base for base in bases if isinstance(base, StudentClass))
        number = derive_class(base._handle_channel, base._handle_number, name, names)
        made = super().__new__(meta, name, bases, {**names, "_handle_number": number})
        base._handle_channel.classes.remember(number, made)
        return made

    def __init__(
        cls, name: str, bases: tuple[type, ...], names: dict[str, Any], **options: Any
    ) -> None:
        super().__init__(name, bases, names)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        made = cls._handle_channel.call(cls._handle_number, "__init__", args, kwargs)
        return cls._handle_channel.classes.mark(made)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        value = cls._handle_channel.ask(Operation.ATTRIBUTE, cls._handle_number, name)
        return cls._handle_channel.classes.mark(value)

    def _show_own(cls) -> dict[str, Any]:
        """What the student's class defines: `vars` shows its methods and attributes."""
        own = cls._list_own()
        shown = {n: v for n, v in own.items() if not n.startswith("_handle_")}
        return shown | {name: getattr(cls, name) for name in own.get("_handle_attributes", ())}

    __dict__ = property(_show_own)  # type: ignore[misc]

    def _list_own(cls) -> Mapping[str, Any]:
        own: Mapping[str, Any] = type.__dict__["__dict__"].__get__(cls)
        return own

    def __dir__(cls) -> list[str]:
        named = (name for kind in cls.__mro__ if isinstance(kind, StudentClass)
                 for name in kind._list_own().get("_handle_attributes", ()))  # fmt: skip
        return sorted({*type.__dir__(cls), *named})

    def __setattr__(cls, name: str, value: Any) -> None:
        if name.startswith("_"):
            super().__setattr__(name, value)
            return
        channel, number = cls._handle_channel, cls._handle_number
        kept = cls._list_own().get("_handle_kept", {})
        if "student_class" in getattr(value, "__dict__", ()) and name in kept:
            # A patch ends: the student's own function takes its place again.
            value = kept.pop(name)
        elif name not in kept and isinstance(cls._list_own().get(name), types.FunctionType):
            kept[name] = channel.ask(Operation.ATTRIBUTE, number, name)
        channel.ask(Operation.SET_ATTRIBUTE, number, name, value)
