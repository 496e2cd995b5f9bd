"""Modules that the student's code writes: a test imports them, the student's kernel runs them."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import re
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel


class WrittenModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a module in the student's kernel, after all other places.

    Only where the instructor's answers name the module's file: no other module of the student's
    takes the place of one that a test imports and that is missing here.

    Args:
        text: The instructor's answers.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._channel: StudentChannel | None = None
        self._made: list[str] = []

    def begin_cell(self, channel: StudentChannel) -> None:
        """From now on, ask this kernel; each cell imports anew."""
        self._channel = channel
        for name in self._made:
            sys.modules.pop(name, None)
        self._made.clear()
        if self not in sys.meta_path:
            sys.meta_path.append(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The place of a module that an answer writes."""
        is_written = re.search(rf"\b{re.escape(fullname)}\.py\b", self._text)
        if path is not None or self._channel is None or not is_written:
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """The stand-in for a module of the student's."""
        assert self._channel is not None
        self._made.append(spec.name)
        return WrittenModule(spec.name, self._channel)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing of it runs here."""


class WrittenModule(ModuleType):
    """A module of the student's, whose attributes come by value or as stand-ins."""

    def __init__(self, name: str, channel: StudentChannel) -> None:
        super().__init__(name)
        self._fetch = channel.fetch_from_module

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._fetch(self.__name__, name)
