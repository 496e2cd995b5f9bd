"""Generators of ours that stand for a student's generator."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from autograder.engine.verifier.handles import may_drop, register_stand_in

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel


def make_generator(channel: StudentChannel, number: int) -> Generator[Any, Any, Any]:
    """A generator of ours that asks the student's for each item."""
    generator = _generate(channel, number)
    register_stand_in(generator, number)
    return generator


def _generate(channel: StudentChannel, number: int) -> Generator[Any, Any, Any]:
    how: tuple[Any, ...] = ()
    while True:
        try:
            item = channel.fetch_next(number, *how)
        except StopIteration as end:
            return end.value
        try:
            sent = yield item
            how = () if sent is None else ("send", sent)
        except GeneratorExit:
            channel.close_generator(number)
            raise
        except Exception as error:
            if not may_drop(error):
                channel.close_generator(number)
                raise
            how = ("throw", error)
