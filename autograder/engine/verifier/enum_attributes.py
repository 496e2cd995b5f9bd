"""Attributes of the members of a student's enum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel


def add_member_attributes(channel: StudentChannel, kind: Any) -> None:
    """Have an enum's members look up in the student's kernel what their `__init__` set."""

    def fetch(self: Any, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return channel.operate("getattr", self, name)

    type.__setattr__(kind, "__getattr__", fetch)
