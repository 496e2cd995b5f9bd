"""What a test catches where the student's code raised an error."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from autograder.engine.verifier.student_error import make_student_error, read_arguments
from autograder.engine.wire.codec import CodecError
from autograder.engine.wire.error_state import restore_state

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel


def make_raised_error(
    channel: StudentChannel, names: Any, message: Any, about: Any
) -> BaseException:
    """Return the exception for one that the student's code, or an object of the test, raised.

    Args:
        channel: the line to the student's kernel.
        names: names of the exception's class and its bases; untrusted.
        message: its text; untrusted.
        about: its arguments, class, module and cause; untrusted.
    """
    about = about if type(about) is dict else {}
    if "test_error" in about:
        error = channel.given.find_error(about["test_error"])
        if error is not None:
            return error
    made = make_student_error(names, message, about)
    if "class" in about:
        with contextlib.suppress(CodecError, KeyError, TypeError, ValueError):
            arguments = read_arguments(about.get("arguments")) or [message]
            found = channel.classes.make_error(about["object"], about["class"], tuple(arguments))
            made = found or made
    if "object" not in about:
        restore_state(made, about.get("state"))
    cause = about.get("cause")
    if type(cause) is list and len(cause) == 3:
        made.__cause__ = make_raised_error(channel, *cause)
    return made
