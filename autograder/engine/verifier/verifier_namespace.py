"""The namespace of the test cells: their own names first, then the student's, by value."""

from __future__ import annotations

import ast
import builtins
import contextlib
from collections.abc import Mapping
from typing import Any

from IPython.display import display

from autograder.engine.verifier.own_names import (
    find_bound_names,
    find_names_read_first,
    parse_cell,
    select_statements,
)
from autograder.engine.verifier.student_channel import StudentChannel
from autograder.engine.verifier.trusted_imports import TrustedImports


class VerifierNamespace(dict[str, Any]):
    """A module namespace that asks the student's kernel for the names that it lacks.

    Later test cells see what a test cell defines or imports. A name of the student's never stands
    for one of these, also where the cell that binds it was lost or stopped half-way, nor for a
    builtin or a module that the instructor's notebook imports.

    Args:
        imports: the instructor's imports.
        definitions: the instructor's functions and constants in read-only cells, by name.
    """

    def __init__(
        self, imports: TrustedImports, definitions: Mapping[str, ast.stmt] | None = None
    ) -> None:
        # In a notebook, display needs no import either.
        super().__init__(__name__="__main__", __builtins__=builtins, display=display)
        self._imports, self._definitions = imports, definitions or {}
        self._channel: StudentChannel | None = None
        self._fetched: dict[str, Any] = {}
        self._earlier: set[str] = set()
        self._own: set[str] = set()
        self._bound: set[str] = set()

    def enter_cell(self, source: str) -> None:
        """From now on the names are those of this test cell and of the test cells before it.

        Args:
            source: the instructor's text of the cell, whether it is going to run or not.
        """
        self._earlier |= self._bound
        self._own, self._bound = set(), set()
        # A cell that is not Python fails when it runs, and binds nothing.
        with contextlib.suppress(SyntaxError, ValueError):
            tree = parse_cell(source)
            self._bound = find_bound_names(tree)
            self._own = self._bound - find_names_read_first(tree)

    def begin_cell(self, channel: StudentChannel) -> None:
        """From now on ask `channel`, and forget the values that earlier cells fetched."""
        self._channel = channel
        self._fetched = {}
        channel.forget()

    def define_rest(self, source: str, line: int | None = None) -> None:
        """Run what a test cell defines without the student's code, for the test cells below it.

        Args:
            source: the cell.
            line: the line at which it stopped; None stands for a cell that did not run.
        """
        channel, self._channel = self._channel, None
        self._fetched = {}
        if channel is not None:
            channel.is_open = False
        try:
            for statement in select_statements(parse_cell(source), line):
                # What needs the student's code, or a name that is missing, stays undefined.
                with contextlib.suppress(Exception):
                    code = compile(ast.Module([statement], []), "<test cell>", "exec")
                    exec(code, self)
        finally:
            self._channel = channel
            if channel is not None:
                channel.is_open = True

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
            if name in self._own | self._earlier:
                where = "this test" if name in self._own else "an earlier test"
                why = f"`{name}` is defined in {where}, which did not get that far"
                raise NameError(why) from None
            if name in self._definitions:
                code = compile(
                    ast.Module([self._definitions[name]], []), "<read-only cell>", "exec"
                )
                exec(code, self)
                return self[name]
            return self._imports.recognize(name, self._channel.fetch(name), self._channel)

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name) or not isinstance(name, str):
            return super().__contains__(name)
        try:
            self[name]
        except (KeyError, NameError):
            return False
        return True

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except (KeyError, NameError):
            return default
