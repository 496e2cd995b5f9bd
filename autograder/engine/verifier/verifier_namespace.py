"""The namespace of the test cells: their own names first, then the student's, by value."""

from __future__ import annotations

import builtins
from typing import Any

from IPython.display import display

from autograder.engine.verifier.student_channel import StudentChannel
from autograder.engine.verifier.trusted_imports import TrustedImports


class VerifierNamespace(dict[str, Any]):
    """A module namespace that asks the student's kernel for the names that it lacks.

    Later test cells see what a test cell defines or imports. A name of the student's never hides
    one of these, a builtin, or a module that the instructor's notebook imports.

    Args:
        imports: the instructor's imports.
    """

    def __init__(self, imports: TrustedImports) -> None:
        # In a notebook, display needs no import either.
        super().__init__(__name__="__main__", __builtins__=builtins, display=display)
        self._imports = imports
        self._channel: StudentChannel | None = None
        self._fetched: dict[str, Any] = {}

    def begin_cell(self, channel: StudentChannel) -> None:
        """From now on ask `channel`, and forget the values that earlier cells fetched."""
        self._channel = channel
        self._fetched = {}
        channel.forget()

    def __missing__(self, name: str) -> Any:
        if not isinstance(name, str) or hasattr(builtins, name):
            raise KeyError(name)
        if name not in self._fetched:
            self._fetched[name] = self._find(name)
        return self._fetched[name]

    def _find(self, name: str) -> Any:
        try:
            return self._imports.find(name)
        except KeyError:
            if self._channel is None or (name.startswith("__") and name.endswith("__")):
                raise
            return self._channel.fetch(name)

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name) or not isinstance(name, str):
            return super().__contains__(name)
        try:
            self[name]
        except KeyError:
            return False
        return True

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default
