"""Relays to the student's code what a test changes around it: names, patches, seeds, files."""

from __future__ import annotations

import contextlib
import os
import types
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from autograder.engine.verifier.attribute_watch import AttributeWatch
from autograder.engine.verifier.file_exchange import FileExchange
from autograder.engine.verifier.handles import find_handle_number
from autograder.engine.verifier.imported_names import find_imported_names, find_read_names
from autograder.engine.verifier.instructor_profile import InstructorProfile
from autograder.engine.verifier.library_watch import LibraryWatch
from autograder.engine.verifier.seed_watch import SeedWatch
from autograder.engine.verifier.student_figures import StudentFigures
from autograder.engine.verifier.written_modules import WrittenModules
from autograder.engine.wire.agent_protocol import Operation
from autograder.engine.wire.mutable_values import is_small

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel
    from autograder.engine.verifier.verifier_namespace import VerifierNamespace

_NOTHING = object()
_CHANGEABLE = (list, dict, set)
# The tests' own: what is drawn from it, or which side is which.
_PRIVATE = ("AUTOGRADER_", "COURSE_", "KERAS_", "LD_", "PYTHON", "TF_", "CUDA_", "OMP_", "PATH")


class Relay:
    """Brings changes of the test to the student's kernel before each call, and back after it.

    Args:
        names: the test cells' namespace.
        profile: what the instructor's own answers read and change.
    """

    def __init__(self, names: VerifierNamespace, profile: InstructorProfile) -> None:
        self._names, self._profile = names, profile
        self._channel: StudentChannel | None = None
        self._sent: dict[str, Any] = {}
        self._copies: dict[str, Any] = {}
        self._as_fetched: dict[str, tuple[Any, bytes]] = {}
        self._deleted: frozenset[str] = frozenset()
        self._imports: dict[str, tuple[str, str | None]] = {}
        self._environment: dict[str, str] = dict(os.environ)
        self._reads_environment = self._is_busy = False
        self._libraries, self._seeds = LibraryWatch(), SeedWatch()
        self._attributes = AttributeWatch()
        self._modules = WrittenModules(profile.text)
        self._files, self._figures = FileExchange(profile.text), StudentFigures()

    @property
    def shared_names(self) -> frozenset[str]:
        """The names that the instructor's answers read from the notebook."""
        return frozenset(self._profile.free_names)

    def is_given_text(self, text: str) -> bool:
        """Whether a file of the instructor's has this text."""
        return self._files.is_given_text(text)

    @contextlib.contextmanager
    def begin_cell(self, channel: StudentChannel, source: str) -> Iterator[None]:
        """In the block, relay what the cell changes.

        Args:
            channel: the line to the student's kernel.
            source: the cell.
        """
        self._attach(channel)
        self._attributes.forget()
        self._imports.update(find_imported_names(source))
        self._environment = before = dict(os.environ)
        self._reads_environment = "environ" in source or "getenv" in source
        self._libraries.begin_cell(source, self._names)
        self._files.begin_cell(source)
        self._modules.begin_cell(channel)
        self._figures.begin_cell(channel, source)
        with self._seeds.watch(f"{source}\n{self._profile.text}"):
            channel.before_call, channel.after_call = self._before_call, self._after_call
            channel.note_attribute = self.note_attribute
            self._after_call()
            try:
                yield
            finally:
                self._end_cell(channel, before)

    def _end_cell(self, channel: StudentChannel, environment: dict[str, str]) -> None:
        channel.before_call, channel.after_call = (lambda arguments: None), (lambda: None)
        for name in set(os.environ) - set(environment):
            del os.environ[name]
        os.environ.update(environment)
        if channel.failure is None:
            restored = {
                n: v for n, v in self._find_shared().items() if find_handle_number(v) is not None
            }
            self._send({"set": self._list_set(restored), **self._libraries.list_changes()})

    def _attach(self, channel: StudentChannel) -> None:
        if channel is not self._channel:
            self._channel = channel
            self._sent, self._copies, self._deleted = {}, {}, frozenset()
            self._libraries.forget()
            self._attributes.forget()

    def before_student_cell(self, channel: StudentChannel, source: str) -> None:
        """Give a cell of the student's what it reads from the test cells above it.

        Args:
            channel: the line to the student's kernel.
            source: the student's text of the cell.
        """
        read = find_read_names(source)
        imports = self._list_imports(read)
        known = self._names.own_items()
        wanted = read & known.keys() & (self._profile.read_names | self._profile.free_names)
        if not imports and not wanted or channel.failure is not None:
            return
        self._attach(channel)
        values = {name: known[name] for name in sorted(wanted)}
        plain = {n: v for n, v in values.items() if not callable(v)}
        self._send({"import": imports, "set": self._list_set(plain)})

    def _before_call(self, arguments: Sequence[Any]) -> None:
        if self._is_busy:
            return
        known, channel = self._names.own_items(), self._channel
        changes: dict[str, list[Any]] = {
            "import": self._list_imports(self._profile.free_names & known.keys()),
            "set": self._list_set(self._find_shared()),
            "update": self._list_updated(),
        }
        deleted = self._names.deleted_names & self._profile.free_names
        changes["delete"] = sorted(deleted - self._deleted)
        self._deleted = deleted
        if channel is not None:
            changes["refill"] = self._attributes.list_changed(channel)
        changes["random"] = self._seeds.list_changes()
        changes["environment"] = self._list_environment()
        for kind, found in self._libraries.list_changes().items():
            changes[kind] = found
        self._send(changes)
        if channel is not None:
            self._files.push(channel, arguments)

    def _find_shared(self) -> dict[str, Any]:
        """The tests' names that the instructor's answers read; the imported ones have a way."""
        known = self._names.own_items()
        wanted = known.keys() & self._profile.free_names - self._imports.keys()
        return {name: known[name] for name in wanted}

    def _list_imports(self, names: Collection[str]) -> list[list[Any]]:
        """What the tests import under these names, for code that reads them without importing."""
        return [[name, *self._imports[name]] for name in sorted(set(names) & self._imports.keys())]

    def _list_set(self, values: dict[str, Any]) -> list[list[Any]]:
        """The names and values that the student's kernel does not have yet."""
        found = []
        for name, value in values.items():
            is_new = self._sent.get(name, _NOTHING) is not value
            if type(value) in _CHANGEABLE and not is_new:
                is_new = self._copies.get(name) != value
            if not is_new or isinstance(value, types.ModuleType):
                continue
            self._sent[name] = value
            if type(value) in _CHANGEABLE:
                self._copies[name] = value.copy()
            if self._channel is not None and self._channel.can_send(value):
                found.append([name, value])
            if find_handle_number(value) is not None:
                # The student's own object has its name again.
                self._names.release([name])
        return found

    def note_fetched(self, name: str, value: Any) -> None:
        """Remember a student's value as it came, to see whether the test changes it."""
        if name in self._profile.free_names and is_small(value) and self._channel is not None:
            self._as_fetched[name] = (value, self._channel.describe(value))

    def note_attribute(self, number: Any, value: Any) -> Any:
        """An attribute's value as the test gets it: the same object if it is one there."""
        if self._channel is None:
            return value
        return self._attributes.note(self._channel, number, value)

    def _list_updated(self) -> list[list[Any]]:
        """The student's objects that the test has changed in place, and what they hold now."""
        found = []
        for name, (value, before) in list(self._as_fetched.items()):
            if self._names.fetched_items().get(name) is not value or self._channel is None:
                del self._as_fetched[name]
            elif (now := self._channel.describe(value)) != before:
                self._as_fetched[name] = (value, now)
                found.append([name, value])
        return found

    def _list_environment(self) -> list[list[Any]]:
        now = dict(os.environ)
        names = [n for n in now.keys() | self._environment.keys() if not n.startswith(_PRIVATE)]
        changed = [n for n in sorted(names) if now.get(n) != self._environment.get(n)]
        self._environment = now
        return [[name, now.get(name)] for name in changed]

    def _send(self, changes: dict[str, list[Any]]) -> Any:
        changes = {kind: found for kind, found in changes.items() if found}
        if not changes or self._channel is None:
            return None
        self._is_busy = True
        try:
            return self._channel.ask(Operation.SURROUND, changes)
        finally:
            self._is_busy = False

    def _after_call(self) -> None:
        if self._is_busy or self._channel is None or self._channel.failure is not None:
            return
        self._names.forget_fetched(self._profile.changed_names)
        self._is_busy = True
        try:
            if self._reads_environment:
                self._take_environment(self._channel.ask(Operation.SURROUND, {}))
            self._files.pull(self._channel)
            self._attributes.pull(self._channel)
        finally:
            self._is_busy = False

    def _take_environment(self, theirs: Any) -> None:
        for name, value in theirs.items() if type(theirs) is dict else ():
            is_text = type(name) is str and type(value) is str and "\0" not in name + value
            if is_text and name and "=" not in name and not name.startswith(_PRIVATE):
                os.environ[name] = self._environment[name] = value
