"""The namespace of the test cells: their own names first, then the student's, by value."""

from __future__ import annotations

import ast
import builtins
import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from IPython.display import display

from autograder.engine.verifier.cell_shell import CellShell
from autograder.engine.verifier.checked_zip import CheckedZip
from autograder.engine.verifier.instructor_profile import InstructorProfile
from autograder.engine.verifier.own_names import (
    find_bound_names,
    find_names_read_first,
    parse_cell,
    select_statements,
)
from autograder.engine.verifier.relay import Relay
from autograder.engine.verifier.source_finder import SourceFinder
from autograder.engine.verifier.student_channel import StudentChannel
from autograder.engine.verifier.student_error import NotByValueError
from autograder.engine.verifier.student_texts import STUDENT_TEXTS
from autograder.engine.verifier.text_runner import TextRunner
from autograder.engine.verifier.trusted_imports import TrustedImports

_NOTHING = object()


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
        self,
        imports: TrustedImports,
        definitions: Mapping[str, ast.stmt] | None = None,
        profile: InstructorProfile | None = None,
    ) -> None:
        self.texts = TextRunner(self._ask, self._is_given_text)
        self.shell = CellShell(self, self.texts)
        # The cells that have run, as IPython lists them.
        self._history: list[str] = [""]
        # In a notebook, these need no import either. They are the verifier's, not a test's.
        self._provided: dict[str, Any] = {
            "__name__": "__main__",
            "__builtins__": builtins,
            "display": display,
            "get_ipython": self.shell.find_shell,
            "zip": CheckedZip,
            "In": self._history,
            **self.texts.provided,
        }
        super().__init__(self._provided)
        self._imports, self._definitions = imports, definitions or {}
        self.relay = Relay(self, profile or InstructorProfile(()))
        self._deleted: set[str] = set()
        self.student_sources: list[str] = []
        SourceFinder(self.student_sources).install()
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
        self._history.append(source)
        self.texts.add_source(source)
        STUDENT_TEXTS.add_test(source)
        self._earlier |= self._bound
        self._own, self._bound = set(), set()
        # A cell that is not Python fails when it runs, and binds nothing.
        with contextlib.suppress(SyntaxError, ValueError):
            tree = parse_cell(source)
            self._bound = find_bound_names(tree)
            self._own = self._bound - find_names_read_first(tree)

    @contextlib.contextmanager
    def begin_cell(self, channel: StudentChannel, source: str) -> Iterator[None]:
        """In the block ask `channel`; the values that earlier cells fetched are forgotten.

        Args:
            channel: the line to the student's kernel.
            source: the cell.
        """
        self._channel = channel
        self._fetched = {}
        with self.shell.enter(), self.relay.begin_cell(channel, source):
            yield

    def _ask(self, *question: Any) -> Any:
        if self._channel is None:
            raise NotByValueError("the student's code is not asked here")
        return self._channel.ask(*question)

    def _is_given_text(self, text: str) -> bool:
        return self.relay.is_given_text(text)

    def forget_fetched(self, names: Iterable[str]) -> None:
        """Fetch these names anew, since the student's code may have changed them."""
        for name in names:
            self._fetched.pop(name, None)

    def fetched_items(self) -> dict[str, Any]:
        """The student's values that the cell has fetched."""
        return dict(self._fetched)

    def own_items(self) -> dict[str, Any]:
        """The names that test cells have bound, without those of the student."""
        provided = self._provided
        return {n: v for n, v in dict.items(self) if provided.get(n, _NOTHING) is not v}

    def enter_student_cell(self, source: str, answer: str) -> None:
        """A cell of the student's runs next.

        Args:
            source: the student's text of the cell.
            answer: the instructor's; the names that it binds are the student's from then on.
        """
        self.student_sources.append(source)
        self._history.append(source)
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            self.release(find_bound_names(parse_cell(answer)))

    def release(self, names: Iterable[str]) -> None:
        """These names are the student's again: an answer cell has bound them."""
        for name in names:
            self.pop(name, None)
            self._fetched.pop(name, None)
            self._deleted.discard(name)
            self._earlier.discard(name)
            self._bound.discard(name)

    @property
    def deleted_names(self) -> frozenset[str]:
        """The student's names that a test has deleted."""
        return frozenset(self._deleted)

    def __setitem__(self, name: str, value: Any) -> None:
        self._deleted.discard(name)
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        if super().__contains__(name):
            super().__delitem__(name)
        elif name not in self:
            raise KeyError(name)
        self._fetched.pop(name, None)
        if name in self.relay.shared_names:
            self._deleted.add(name)

    def keys(self) -> Any:
        """The test cells' names and the student's, as `dir()` lists them."""
        theirs = self._channel.list_names() if self._channel is not None else []
        return {**dict.fromkeys(theirs), **dict.fromkeys(dict.keys(self))}.keys()

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
        if not isinstance(name, str) or hasattr(builtins, name) or name in self._deleted:
            raise KeyError(name)
        if name not in self._fetched:
            found = self._fetched[name] = self._find(name)
            self.relay.note_fetched(name, found)
            return found
        return self._fetched[name]

    def _find(self, name: str) -> Any:
        try:
            return self._imports.find(name)
        except KeyError:
            if self._channel is None or (name.startswith("__") and name.endswith("__")):
                raise
            if name in (self._own | self._earlier) - self.relay.shared_names:
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
