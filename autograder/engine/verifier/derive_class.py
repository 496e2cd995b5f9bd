"""Derives a class of the test from a student's class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograder.engine.verifier.student_error import NotByValueError
from autograder.engine.wire.agent_protocol import Operation

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel


def derive_class(channel: StudentChannel, base: int, name: str, names: dict[str, Any]) -> int:
    """Have the student's kernel derive a class with the test's methods.

    Returns:
        The class's number there.
    """
    attributes = {
        key: value
        for key, value in names.items()
        if key not in ("__module__", "__qualname__", "__classcell__", "__dict__", "__weakref__")
    }
    number = channel.ask(Operation.DERIVE, base, name, attributes)
    if type(number) is not int:
        raise NotByValueError(f"the test cannot derive the class {name} from the student's class")
    return number
