"""Refuses to show the code of a student's function: on this side it would be our own wrapper's."""

from __future__ import annotations

import sys
from typing import Any

from autograder.engine.verifier.handles import find_handle_number
from autograder.engine.verifier.student_error import NotByValueError

# They tell a coroutine function from another one, as ours is one, too; or look for a line.
_HARMLESS = ("_has_code_flag", "_find_lineno")


def refuse_code() -> None:
    """Have this process refuse the code of functions that stand for a student's.

    `inspect.getsource`, `dis` and others read `__code__`; Python reports that to audit hooks.
    """
    sys.addaudithook(_check_attribute)


def _check_attribute(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "object.__getattr__" and arguments[1] == "__code__":
        function, attribute = arguments
        is_harmless = sys._getframe(1).f_code.co_name in _HARMLESS
        if not is_harmless and find_handle_number(function) is not None:
            raise NotByValueError(
                f"the test reads the code of `{function.__name__}` (`{attribute}`), which is in "
                "the student's kernel: compare what the function returns"
            )
